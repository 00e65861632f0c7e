"""Attends to the events of a webhook: has each of them worked on as a run of the queue, and tells the result on GitHub."""

import json
import logging
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import ConfigError, PerfsmithError
from core.inbox import Event
from core.queue import Ticket
from core.run import OVER
from store.sql import SqlStore
from worker.github.app import App
from worker.github.checkout import head_of, merge_of
from worker.github.client import GitHub
from worker.github.delivery import Delivery
from worker.github.events import Passed, wanted_by
from worker.github.step import Step, take
from worker.hand_in import hand_in
from worker.remote.bodies import archive_of
from worker.result import Result, result_of
from worker.settings import Settings
from worker.submit import Request

LEASE_SECONDS = 600.0
"""Longer than a checkout takes; while its run is waited for it is renewed."""
POLL_SECONDS = 2.0
_log = logging.getLogger(__name__)


class _LeftError(BaseException):
    """We were told to end, or the event is another's: nothing more is said about it."""


@dataclass(frozen=True, kw_only=True)
class Office:
    """Where events are attended to."""

    app: App
    usual: Request
    """What is asked for, but for what it is about."""
    delivery: Delivery
    judge_label: str
    public_url: str
    """Where people find the web UI; empty for no links to it."""
    store: SqlStore
    settings: Settings
    nudge: Callable[[Sequence[str]], None]
    over: threading.Event
    """Set when it is time to go."""
    name: str
    """Of this process: who holds an event."""

    def attend(self, *, at_a_time: int) -> None:
        """Until it is over, to so many events at a time: most of the time of each is waiting for its run."""
        with ThreadPoolExecutor(at_a_time) as pool:
            for number in range(at_a_time):
                pool.submit(self._keep_attending, f"{self.name}:{number}")

    def _keep_attending(self, holder: str) -> None:
        while not self.over.is_set():
            try:
                event = self.store.inbox.take(holder, lease_seconds=LEASE_SECONDS)
                if event is not None:
                    self.attend_to(event, holder)
                    continue
            except PerfsmithError as error:
                _log.error("events can't be taken: %s", error)
            self.over.wait(POLL_SECONDS)

    def attend_to(self, event: Event, holder: str) -> None:
        """Do what the event asks for. Whatever goes wrong ends this event only."""
        try:
            outcome = _attended(self, event, holder)
        except _LeftError:
            self.store.inbox.put_back(event.id, holder)
            return
        except PerfsmithError as error:
            outcome = f"failed: {error}"
        except Exception:  # noqa: BLE001 - one event must not end the others
            # It stays as it is: after its lease somebody tries again, and not for ever.
            _log.exception("event %s crashed", event.id)
            return
        _log.info("event %s: %s", event.id, outcome)
        self.store.inbox.settle(event.id, holder, outcome)


def _attended(office: Office, event: Event, holder: str) -> str:
    payload: Mapping[str, object] = json.loads(event.payload)
    wanted = wanted_by(event.name, payload, judge_label=office.judge_label)
    if isinstance(wanted, Passed):
        return f"passed: {wanted.reason}"  # before anything is asked of GitHub
    repository, branch, installation = _about(payload)
    github = office.app.of(installation, repository)
    is_pull = event.name == "pull_request"
    ref = f"refs/pull/{wanted.issue}/merge" if is_pull else f"refs/heads/{branch}"

    def is_ready(place: Path) -> bool:
        return not is_pull or wanted.pull is None or merge_of(place, head_of(place)).head == wanted.pull.head_sha

    with (
        office.app.checkout(github, ref, is_ready) as place,
        tempfile.TemporaryDirectory(prefix="perfsmith-") as folder,
    ):
        step = Step(
            event=event.name,
            payload=payload,
            workspace=place,
            sha=head_of(place),
            branch="" if is_pull else branch,
            usual=office.usual,
            folder=Path(folder),
            work=lambda request: _worked(office, github, event, holder, request),
            needs_secret=True,  # whoever pays for the work here is nobody of the fork
            github=github,
            delivery=office.delivery,
            judge_label=office.judge_label,
            outputs=None,
            summary=None,
            link=lambda run_id: f"{office.public_url.rstrip('/')}/run?id={run_id}" if office.public_url else "",
        )
        return str(take(step))


def _about(payload: Mapping[str, object]) -> tuple[str, str, int]:
    """The repository, its default branch and the installation that an event is about."""
    repository, installation = payload.get("repository"), payload.get("installation")
    if not isinstance(repository, Mapping) or not isinstance(installation, Mapping):
        raise ConfigError("the event names no repository and no installation: it is none of a GitHub App's")
    name, branch, number = repository.get("full_name"), repository.get("default_branch"), installation.get("id")
    if not isinstance(name, str) or not isinstance(branch, str) or not isinstance(number, int):
        raise ConfigError("the event names no repository, default branch and installation")
    return name, branch, number


def _worked(office: Office, github: GitHub, event: Event, holder: str, request: Request) -> Result:
    """The run's result, when workers have come to its end. The same event is the same run, whoever attends to it."""
    packed = archive_of(request, office.settings.sources)
    if packed is None:
        raise ConfigError(f"{request.repository} is no folder")
    name, content = packed
    with tempfile.TemporaryDirectory(prefix="perfsmith-") as folder:
        archive = Path(folder) / name
        archive.write_bytes(content)
        ticket = Ticket(owner=f"github:{github.repository}", key=f"github:{event.id}:{request.ref}")
        asked = replace(request, repository=str(archive), ref=None, name=f"{github.repository}.tar.gz")
        run_id = hand_in(asked, ticket, store=office.store, settings=office.settings, nudge=office.nudge)
    _log.info("event %s is run %s", event.id, run_id)
    while office.store.catalogue.summary(run_id).status not in OVER:
        if office.over.wait(POLL_SECONDS) or not office.store.inbox.hold(event.id, holder, lease_seconds=LEASE_SECONDS):
            raise _LeftError
    return result_of(office.store.load(run_id))
