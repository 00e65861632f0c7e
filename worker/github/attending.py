"""Attends to the events of a webhook: has each of them worked on as a run of the queue, and tells the result on GitHub."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.errors import ConfigError, MachineError, PerfsmithError, StoreError
from core.inbox import Event
from core.queue import Ticket
from core.run import OVER
from sandbox.scratch import claimed
from store.sql import SqlStore
from worker.github.app import App
from worker.github.checkout import MissingError, head_of, merge_of
from worker.github.client import GitHub, NoAnswerError
from worker.github.comments import body_of, tell
from worker.github.delivery import Delivery
from worker.github.events import Passed, Wanted, wanted_by
from worker.github.fetching import PATIENCE, Origin, fetched
from worker.github.lease import held
from worker.github.step import Step, is_behind, refusal_of, take
from worker.hand_in import hand_in
from worker.remote.bodies import archive_of
from worker.result import Result, result_of
from worker.settings import Settings
from worker.submit import Request

LEASE_SECONDS = 120.0
"""Renewed as long as the process lives."""
AGAIN_SECONDS = 900.0
"""After something that may go right later went wrong."""
POLL_SECONDS = 2.0
RUN_SECONDS = 10.0
"""Until a run that was not over is looked at again."""
FORK = "the pull request comes from a fork"
_log = logging.getLogger(__name__)


class _LeftError(BaseException):
    """The event is another's: nothing more is said about it, by no handler of errors either."""


class _WaitingError(BaseException):
    """The run is not over: the event is laid aside, and nobody stays with it, no handler of errors either."""


@dataclass(frozen=True, kw_only=True)
class Office:
    """Where events are attended to."""

    app: App
    usual: Request
    """What is asked for, but for what it is about."""
    delivery: Delivery
    judge_label: str
    owners: frozenset[str]
    """Whose repositories are worked on, in lower case. Anybody may install an App that is public."""
    dollars_per_day: float | None
    """What the runs of one repository may cost in any 24 hours; None for no limit."""
    public_url: str
    """Where people find the web UI; empty for no links to it."""
    store: SqlStore
    settings: Settings
    nudge: Callable[[Sequence[str]], None]
    over: threading.Event
    """Set when it is time to go."""
    name: str
    """Of this process: who holds an event."""
    handing_in: threading.Lock = field(default_factory=threading.Lock)
    """One at a time: an archive is held in memory."""

    def attend(self, *, at_a_time: int) -> None:
        """Until it is over, to so many events at a time. What ends one of those who attend by a bug of ours ends all, and is
        raised: fewer and fewer would attend, and nobody know.
        """
        with ThreadPoolExecutor(at_a_time) as pool:
            attending = [pool.submit(self._keep_attending, f"{self.name}:{number}") for number in range(at_a_time)]
            wait(attending, return_when=FIRST_EXCEPTION)
            self.over.set()
        for each in attending:
            each.result()

    def _keep_attending(self, holder: str) -> None:
        while not self.over.is_set():
            try:
                event = self.store.inbox.take(holder, lease_seconds=LEASE_SECONDS)
                if event is not None:
                    self.attend_to(event, holder)
                    continue
            except PerfsmithError as error:
                _log.error("events can't be taken: %s", error)
            except BaseException:
                _log.exception("%s can't attend any longer", holder)
                raise
            self.over.wait(POLL_SECONDS)

    def attend_to(self, event: Event, holder: str) -> None:
        """Do what the event asks for. Whatever goes wrong ends this event only, and what may go right later is tried again."""
        inbox = self.store.inbox
        try:
            with held(inbox, event.id, holder, seconds=LEASE_SECONDS) as lost:
                outcome = _Turn(office=self, event=event, holder=holder, lost=lost).take()
        except _LeftError:
            inbox.put_back(event.id, holder)
        except _WaitingError:
            inbox.lay_aside(event.id, holder, seconds=RUN_SECONDS)
        except (StoreError, MachineError, NoAnswerError, OSError) as error:
            _log.warning("event %s is tried again in %.0f s: %s", event.id, AGAIN_SECONDS, error)
            self._postpone(event, holder)
        except PerfsmithError as error:
            _log.warning("event %s failed: %s", event.id, error)
            inbox.settle(event.id, holder, f"failed: {error}")
        except Exception:  # noqa: BLE001 - one event must not end the others
            # It stays as it is: after its lease somebody tries again, and not for ever.
            _log.exception("event %s crashed", event.id)
        else:
            _log.info("event %s: %s", event.id, outcome)
            inbox.settle(event.id, holder, outcome)

    def _postpone(self, event: Event, holder: str) -> None:
        """Also when it is the database that is out of reach: only for so long that nobody else has taken the event."""
        end = time.monotonic() + LEASE_SECONDS
        while True:
            try:
                self.store.inbox.put_back(event.id, holder, seconds=AGAIN_SECONDS)
            except StoreError:
                if time.monotonic() >= end or self.over.wait(POLL_SECONDS):
                    raise
            else:
                return


@dataclass(frozen=True, kw_only=True)
class _Turn:
    """One event in the hands of one holder."""

    office: Office
    event: Event
    holder: str
    lost: threading.Event

    def take(self) -> str:
        """What became of it."""
        payload: Mapping[str, object] = json.loads(self.event.payload)
        wanted = wanted_by(self.event.name, payload, judge_label=self.office.judge_label)
        repository, branch, installation = _about(payload)
        reason = wanted.reason if isinstance(wanted, Passed) else self._objection(wanted, repository)
        if isinstance(wanted, Passed) or reason:
            return f"passed: {reason}"  # before anything is asked of GitHub
        known = self._known(repository)
        if known is not None:
            self._require_over(known)
        github = self.office.app.of(installation, repository)
        pull = github.pull(wanted.issue) if wanted.pull is None and wanted.is_on_pull and wanted.issue else wanted.pull
        if pull and pull.is_fork:
            return f"passed: {FORK}"
        if pull and self.event.head:
            pull = replace(pull, head_sha=self.event.head)
        with self._told(github, wanted, branch) as place, claimed(self.office.settings.scratch) as folder:
            begin = self.office.store.inbox.begin
            if not begin(self.event.id, self.holder, revision=head_of(place), head=pull.head_sha if pull else ""):
                raise _LeftError
            step = self._step(payload, github, place, folder)
            return str(take(replace(step, pull=pull, branch="" if pull else branch)))

    def _objection(self, wanted: Wanted, repository: str) -> str:
        """Why nothing is spent on it; empty when there is no reason."""
        owner = repository.partition("/")[0]
        if owner.lower() not in self.office.owners:
            return f"{owner} is none of PERFSMITH_GITHUB_OWNERS"
        return FORK if wanted.pull and wanted.pull.is_fork else ""

    @contextmanager
    def _told(self, github: GitHub, wanted: Wanted, branch: str) -> Iterator[Path]:
        """The checkout, where there is one; else the refusal is told."""
        with ExitStack() as stack:
            try:
                place = stack.enter_context(self._checkout(github, wanted, branch))
            except ConfigError as error:
                if wanted.issue is not None and not is_behind(github, wanted):
                    has_none = isinstance(error, MissingError) and wanted.pull is not None
                    hint = "; a pull request with conflicts has no merge" if has_none else ""
                    tell(github, wanted.issue, body_of(refusal_of(wanted, f"{error}{hint}")))
                raise
            yield place

    def _checkout(self, github: GitHub, wanted: Wanted, branch: str) -> AbstractContextManager[Path]:
        """Of the merge that GitHub made of a pull request, else of the branch: where an earlier turn began, of the same commit."""
        pull = wanted.pull

        def is_ready(place: Path) -> bool:
            return pull is None or merge_of(place, head_of(place)).head == pull.head_sha

        ref = f"refs/pull/{pull.number}/merge" if pull else f"refs/heads/{branch}"
        settings, sleep = self.office.settings, self.office.app.sleep
        origin = Origin(
            github=github,
            url=settings.github.url,
            scratch=settings.scratch,
            limits=settings.sources.limits,
            sleep=sleep,
        )
        return fetched(origin, self.event.revision or ref, is_ready, attempts=PATIENCE)

    def _step(self, payload: Mapping[str, object], github: GitHub, place: Path, folder: Path) -> Step:
        office = self.office
        return Step(
            event=self.event.name,
            payload=payload,
            workspace=place,
            sha=head_of(place),
            branch="",
            usual=office.usual,
            folder=folder,
            work=lambda request: self._worked(github.repository, request),
            needs_secret=True,  # whoever pays for the work here is nobody of the fork
            github=github,
            delivery=office.delivery,
            judge_label=office.judge_label,
            outputs=None,
            summary=None,
            limits=office.settings.sources.limits,
            link=lambda run_id: f"{office.public_url.rstrip('/')}/run?id={run_id}" if office.public_url else "",
        )

    def _worked(self, repository: str, request: Request) -> Result:
        """The run's result, when workers have come to its end."""
        run_id = self._known(repository) or self._handed_in(repository, request)
        self._require_over(run_id)
        if self.lost.is_set():
            raise _LeftError  # another tells of it
        return result_of(self.office.store.load(run_id))

    def _ticket(self, repository: str) -> Ticket:
        """The same event is the same run, whoever attends to it, and whatever has changed meanwhile."""
        return Ticket(owner=f"github:{repository}", key=f"github:{self.event.id}", fingerprint=self.event.id)

    def _known(self, repository: str) -> str | None:
        """The id of the run that was handed in for the event."""
        return self.office.store.queue.submitted(self._ticket(repository))

    def _handed_in(self, repository: str, request: Request) -> str:
        """The id of a new run."""
        office, ticket = self.office, self._ticket(repository)
        with office.handing_in, claimed(office.settings.scratch) as folder:
            packed = archive_of(request, office.settings.sources)
            if packed is None:
                raise ConfigError(f"{request.repository} is no folder")
            archive = folder / packed[0]
            archive.write_bytes(packed[1])
            asked = replace(request, repository=str(archive), ref=None, name=f"{repository}.tar.gz")
            run_id = hand_in(
                asked,
                ticket,
                store=office.store,
                settings=office.settings,
                nudge=office.nudge,
                dollars_per_day=office.dollars_per_day,
            )
        _log.info("event %s is run %s", self.event.id, run_id)
        return run_id

    def _require_over(self, run_id: str) -> None:
        """_WaitingError while workers have not come to its end."""
        if self.office.store.catalogue.summary(run_id).status not in OVER:
            raise _WaitingError


def _about(payload: Mapping[str, object]) -> tuple[str, str, int]:
    """The repository, its default branch and the installation that an event is about."""
    repository, installation = payload.get("repository"), payload.get("installation")
    if not isinstance(repository, Mapping) or not isinstance(installation, Mapping):
        raise ConfigError("the event names no repository and no installation: it is none of a GitHub App's")
    name, branch, number = repository.get("full_name"), repository.get("default_branch"), installation.get("id")
    if not isinstance(name, str) or not isinstance(branch, str) or not isinstance(number, int):
        raise ConfigError("the event names no repository, default branch and installation")
    return name, branch, number
