"""A GitHub App from the event that its webhook brought to the comment, over a real queue; a worker that is nobody ends the runs."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from core.errors import ConfigError, StoreError
from core.inbox import Event
from core.listing import RunFilter
from core.run import BackendSpec, RunStatus
from core.spend import Budget
from sandbox.extent import DEFAULT_LIMITS
from store.inbox import SqlInbox
from store.sql import SqlStore
from tests.fakes.github import State
from tests.worker.github.conftest import a_result
from tests.worker.github.repositories import NUMBER, OTHER, Origin, patch_of
from worker.github import attending
from worker.github.app import App
from worker.github.attending import Office
from worker.github.delivery import Delivery
from worker.github.fetching import Origin as From
from worker.github.fetching import fetched
from worker.github.inputs import Given
from worker.github.serving import PREFIX, read_app, read_owners, serve_github
from worker.problem.settings import NO_FLAGS
from worker.settings import GitHubSettings, ModelPrice, read_settings
from worker.submit import Request

ALL = RunFilter()
MERGE = f"refs/pull/{NUMBER}/merge"


def git(origin: Origin, *arguments: str) -> None:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=origin.folder, check=True)


@pytest.fixture(scope="session")
def key() -> RSAKey:
    return RSAKey.generate_key(2048)


@pytest.fixture
def app(state: State, key: RSAKey, origin: Origin, tmp_path: Path) -> App:
    state.app_key = key
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "tally.git").symlink_to(origin.folder)
    return App(
        id="12",
        key=key.as_pem(private=True).decode(),
        api_url=state.url,
        sleep=lambda _: None,
    )


@pytest.fixture
def origin(origin: Origin, tmp_path: Path) -> Origin:
    """One that a test may change."""
    shutil.copytree(origin.folder, tmp_path / "origin")
    return replace(origin, folder=tmp_path / "origin")


@dataclass(kw_only=True)
class Everything:
    """An office, and who works on its runs."""

    office: Office
    store: SqlStore
    ends_as: RunStatus = RunStatus.FINISHED
    worked_on: list[str] = field(default_factory=list)

    def work(self, _: object) -> None:
        """Ends what waits, as a worker would after a while."""
        claim = self.store.queue.claim("w", machine="m", lease_seconds=60)
        if claim is not None:
            self.worked_on.append(claim.run_id)
            self.store.held(claim).transition(claim.run_id, self.ends_as)

    def bring(self, name: str, payload: dict[str, Any], *, number: int = 1) -> str:
        """What becomes of an event."""
        event = self.event(name, payload, number)
        self.store.inbox.receive(event)
        taken = self.store.inbox.take("w", lease_seconds=60)
        assert taken == event
        self.office.attend_to(event, "w")
        return self.outcome(number)

    def event(self, name: str, payload: dict[str, Any], number: int, *, of: str = "team/tally") -> Event:
        """As the webhook of an App brings it."""
        about = {"repository": {"full_name": of, "default_branch": "main"}, "installation": {"id": 5}}
        return Event(id=f"e{number}", name=name, payload=json.dumps(about | payload))

    def go_on(self) -> str:
        """What becomes of the event in the hands of the next holder."""
        with self.store.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE webhook_events SET lease_until = NULL")
        event = self.store.inbox.take("other", lease_seconds=60)
        assert event is not None
        self.office.attend_to(event, "other")
        return self.outcome()

    def outcome(self, number: int = 1) -> str:
        with self.store.engine.connect() as connection:
            found = connection.exec_driver_sql(
                f"SELECT outcome FROM webhook_events WHERE id = 'e{number}'"
            ).scalar_one()
        return str(found)


@pytest.fixture
def everything(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Everything]:
    monkeypatch.setattr(attending, "POLL_SECONDS", 0.01)
    settings = read_settings(
        {
            "PERFSMITH_HOME": str(tmp_path / "home"),
            "PERFSMITH_GITHUB_URL": tmp_path.as_uri(),
            "PERFSMITH_GITHUB_API_URL": app.api_url,
        }
    )
    settings.home.mkdir()
    with SqlStore.open(settings.database_url) as store:
        office = Office(
            app=app,
            usual=Request(
                repository="",
                flags=NO_FLAGS,
                sandbox=BackendSpec(name="unsafe", options={}),
                strategy=BackendSpec(name="greedy", options={}),
                proposers=(BackendSpec(name="rules", options={}),),
            ),
            delivery=Delivery.AUTO,
            judge_label="performance",
            owners=frozenset({"team"}),
            dollars_per_day=None,
            public_url="https://perfsmith.example.org/",
            store=store,
            settings=settings,
            nudge=lambda _: None,
            over=threading.Event(),
            name="office",
        )
        found = Everything(office=office, store=store)
        found.office = replace(office, nudge=found.work)
        yield found


def test_a_pull_request_becomes_a_run_of_its_files_and_a_comment_of_the_app(
    everything: Everything, origin: Origin, state: State
) -> None:
    assert everything.bring("pull_request", origin.pull_event()) == "not-faster"

    (run_id,) = everything.worked_on
    line, run = everything.store.catalogue.summary(run_id), everything.store.catalogue.run(run_id)
    assert (line.owner, line.repository) == ("github:team/tally", "team/tally.tar.gz")
    assert run.problem.editable[0] == "/src/work.py"
    assert everything.store.queue.archive(run_id)
    (comment,) = state.comments[NUMBER]
    assert comment["user"]["login"] == "our-app[bot]"
    assert "nothing faster found" in comment["body"]
    assert f"(https://perfsmith.example.org/run?id={run_id})" in comment["body"]


def test_the_next_event_renews_the_comment(everything: Everything, origin: Origin, state: State) -> None:
    for number in (1, 2):
        everything.bring("pull_request", origin.pull_event(), number=number)
    assert len(everything.worked_on) == 2
    assert len(state.told(NUMBER)) == 1


def test_a_pull_request_with_the_label_is_judged(everything: Everything, origin: Origin) -> None:
    everything.bring("pull_request", origin.pull_event(labels=("performance",)))
    run = everything.store.catalogue.run(everything.worked_on[0])
    assert run.kind == "judge"
    assert "+++ b/src/work.py" in run.judged_patch


def test_a_command_is_obeyed_on_the_default_branch(everything: Everything, origin: Origin, state: State) -> None:
    event = origin.comment_event("/perfsmith optimize src/other.py")
    assert everything.bring("issue_comment", event) == "not-faster"
    assert everything.store.catalogue.run(everything.worked_on[0]).problem.editable[0] == "/src/other.py"
    assert len(state.told(NUMBER)) == 1


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> str:
    """The patch that every run comes to."""
    patch = patch_of("src/other.py", OTHER, OTHER.replace("None", "(None)"))
    monkeypatch.setattr(attending, "result_of", lambda record: a_result(run_id=record.run.id, patch=patch))
    return patch


@pytest.mark.usefixtures("patched")
def test_a_command_on_a_pull_request_stays_with_the_commit_that_it_was_given_for(
    everything: Everything, origin: Origin, state: State
) -> None:
    state.pulls[NUMBER] = origin.pull()
    everything.office = replace(everything.office, nudge=lambda _: None)  # the run waits
    event = origin.comment_event("/perfsmith optimize src/other.py", on_pull=True)
    assert everything.bring("issue_comment", event) == ""
    state.pulls[NUMBER] = origin.pull() | {"head": origin.pull()["head"] | {"sha": origin.base}}
    everything.work(None)
    everything.go_on()

    assert len(everything.store.catalogue.page(ALL).runs) == 1
    (told,) = state.told(NUMBER)
    assert origin.head[:12] in told
    assert "has other commits by now, so that the patch is only shown here" in told
    assert (list(state.pulls), state.reviews) == ([NUMBER], {})


@pytest.mark.usefixtures("patched")
@pytest.mark.parametrize("what", ["git/blobs", "git/commits", "pulls"])
def test_a_github_that_is_gone_while_a_patch_is_handed_over_gets_it_later(
    everything: Everything, origin: Origin, state: State, what: str
) -> None:
    state.fails = (f"POST /repos/team/tally/{what}", 1)
    assert everything.bring("pull_request", origin.pull_event()) == ""
    assert state.comments == {}
    assert everything.go_on() == "faster"
    (pull,) = state.pulls.values()
    assert pull["html_url"] in state.told(NUMBER)[0]


def test_a_forks_pull_request_is_not_fetched_for_a_command_either(
    everything: Everything, origin: Origin, state: State
) -> None:
    state.pulls[NUMBER] = origin.pull(is_fork=True)
    event = origin.comment_event("/perfsmith optimize", on_pull=True)
    assert everything.bring("issue_comment", event) == "passed: the pull request comes from a fork"
    assert (state.comments, everything.worked_on) == ({}, [])


@pytest.mark.parametrize(
    "payload",
    [
        {"action": "closed"},
        {"action": "created", "comment": {"body": "nice", "author_association": "OWNER"}},
        {"action": "created", "comment": {"body": "/perfsmith optimize", "author_association": "NONE"}},
    ],
)
def test_what_asks_for_nothing_costs_github_no_question(
    everything: Everything, state: State, payload: dict[str, Any]
) -> None:
    name = "issue_comment" if "comment" in payload else "pull_request"
    assert everything.bring(name, payload).startswith("passed")
    assert (state.requests, everything.worked_on) == ([], [])


def test_a_forks_pull_request_is_passed_over(everything: Everything, origin: Origin, state: State) -> None:
    outcome = everything.bring("pull_request", origin.pull_event(is_fork=True))
    assert outcome == "passed: the pull request comes from a fork"
    assert (state.requests, everything.worked_on) == ([], [])


def test_repositories_of_other_accounts_are_passed_over(everything: Everything, origin: Origin, state: State) -> None:
    everything.office = replace(everything.office, owners=frozenset({"another", "tea"}))
    outcome = everything.bring("pull_request", origin.pull_event())
    assert outcome == "passed: team is none of PERFSMITH_GITHUB_OWNERS"
    assert (state.requests, everything.worked_on) == ([], [])


def test_a_run_that_fails_is_told(everything: Everything, origin: Origin, state: State) -> None:
    everything.ends_as = RunStatus.FAILED
    assert everything.bring("pull_request", origin.pull_event()) == "failed"
    assert "failed" in state.told(NUMBER)[0]


def test_an_event_that_is_attended_to_again_goes_on_with_its_run(everything: Everything, origin: Origin) -> None:
    everything.office = replace(everything.office, nudge=lambda _: None)  # the run waits
    assert everything.bring("pull_request", origin.pull_event()) == ""
    assert len(everything.store.catalogue.page(ALL).runs) == 1

    everything.work(None)  # a worker has come to its end meanwhile
    git(origin, "checkout", "-q", "main")
    git(origin, "commit", "-q", "--allow-empty", "-m", "the base goes on")
    git(origin, "merge", "-q", "--no-ff", "-m", "Merge", origin.head)
    git(origin, "update-ref", MERGE, "HEAD")
    assert everything.go_on() == "not-faster"
    assert len(everything.store.catalogue.page(ALL).runs) == 1


def test_an_event_whose_run_waits_is_laid_aside_and_costs_github_nothing(
    everything: Everything, origin: Origin, state: State
) -> None:
    everything.office = replace(everything.office, nudge=lambda _: None)
    assert everything.bring("pull_request", origin.pull_event()) == ""
    assert everything.store.inbox.take("too soon", lease_seconds=60) is None
    asked = len(state.requests)
    assert everything.go_on() == ""
    assert (len(state.requests), len(everything.store.catalogue.page(ALL).runs)) == (asked, 1)
    everything.work(None)
    assert everything.go_on() == "not-faster"


def test_a_repository_whose_runs_all_wait_keeps_no_other_one_waiting(
    everything: Everything, origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attending, "RUN_SECONDS", 0.05)
    (tmp_path / "team" / "other.git").symlink_to(origin.folder)
    handed_in: list[object] = []

    def nudge(run_ids: object) -> None:
        handed_in.append(run_ids)
        if len(handed_in) == 5:  # each repository's turn comes once
            everything.work(None)
            everything.work(None)

    for number, name in enumerate(["team/tally"] * 4 + ["team/other"]):
        everything.store.inbox.receive(everything.event("pull_request", origin.pull_event(), number, of=name))
    office = replace(everything.office, nudge=nudge)
    with ThreadPoolExecutor(1) as pool:
        attending_to = pool.submit(office.attend, at_a_time=2)
        deadline = time.monotonic() + 60
        while not everything.outcome(4) and time.monotonic() < deadline:
            time.sleep(0.05)
        office.over.set()
        attending_to.result()
    assert everything.outcome(4) == "not-faster"
    assert [everything.outcome(number) for number in range(4)].count("") >= 3


def test_a_bug_that_ends_one_of_those_who_attend_ends_all_and_is_told(
    everything: Everything, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(SqlInbox):
        def take(self, holder: str, *, lease_seconds: float) -> Event | None:
            if holder == "office:1":
                raise ValueError("a bug of ours")
            return super().take(holder, lease_seconds=lease_seconds)

    monkeypatch.setattr(SqlStore, "inbox", property(lambda store: Broken(engine=store.engine)))
    with pytest.raises(ValueError, match="a bug of ours"):
        everything.office.attend(at_a_time=2)
    assert "office:1 can't attend any longer" in caplog.text


def test_a_merge_for_trying_that_is_not_there_yet_is_waited_for(
    everything: Everything, origin: Origin, app: App
) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            git(origin, "update-ref", MERGE, origin.merge)

    git(origin, "update-ref", MERGE, origin.base)
    everything.office = replace(everything.office, app=replace(app, sleep=wait))
    git(origin, "update-ref", "-d", MERGE)
    assert everything.bring("pull_request", origin.pull_event()) == "not-faster"
    assert waits == [2, 4, 8]


@pytest.mark.parametrize("is_there", [True, False], ids=["of another head", "none"])
def test_a_pull_request_that_is_not_merged_for_trying_is_told_so(
    everything: Everything,
    origin: Origin,
    state: State,
    is_there: bool,  # noqa: FBT001
) -> None:
    event = origin.pull_event()
    event["pull_request"]["head"]["sha"] = origin.base
    if not is_there:
        git(origin, "update-ref", "-d", MERGE)
    assert everything.bring("pull_request", event).startswith("failed: ")
    (told,) = state.told(NUMBER)
    assert "a pull request with conflicts has no merge" in told
    assert origin.base[:12] in told


def test_what_happens_to_an_older_commit_of_a_pull_request_is_told_nobody(
    everything: Everything, origin: Origin, state: State
) -> None:
    state.pulls[NUMBER] = origin.pull() | {"head": origin.pull()["head"] | {"sha": "f" * 40}}
    assert everything.bring("pull_request", origin.pull_event()) == "skipped"
    event = origin.pull_event()
    event["pull_request"]["head"]["sha"] = origin.base
    assert everything.bring("pull_request", event, number=2).startswith("failed")
    assert (state.comments, state.reviews) == ({}, {})


def test_a_repository_over_the_limits_is_refused(everything: Everything, origin: Origin, state: State) -> None:
    settings = everything.office.settings
    sources = replace(settings.sources, limits=replace(settings.sources.limits, size_bytes=1000))
    everything.office = replace(everything.office, settings=replace(settings, sources=sources))
    assert "PERFSMITH_SOURCE_BYTES" in everything.bring("pull_request", origin.pull_event())
    assert "PERFSMITH_SOURCE_BYTES" in state.told(NUMBER)[0]
    assert not list(settings.scratch.glob("checkout-*"))


def test_a_store_that_is_gone_for_a_while_costs_no_event_and_is_told_nobody(
    everything: Everything, origin: Origin, state: State
) -> None:
    def gone(_: object) -> None:
        raise StoreError("no answer from postgresql://db.internal:5432")

    office = everything.office
    everything.office = replace(office, nudge=gone)
    assert everything.bring("pull_request", origin.pull_event()) == ""
    assert everything.store.inbox.take("too soon", lease_seconds=60) is None
    assert state.comments == {}
    everything.office = office
    everything.work(None)
    assert everything.go_on() == "not-faster"
    assert len(everything.store.catalogue.page(ALL).runs) == 1


@pytest.mark.parametrize("answers", [5, 1], ids=["while reading", "while writing"])
def test_a_github_that_is_gone_for_a_while_costs_no_event(
    everything: Everything, origin: Origin, state: State, answers: int
) -> None:
    def gone(_: object) -> None:
        everything.work(None)
        state.pulls[NUMBER] = origin.pull()
        reached = "POST" if answers == 1 else f"GET /repos/team/tally/issues/{NUMBER}/comments?per_page=100"
        state.fails = (reached, answers)

    everything.office = replace(everything.office, nudge=gone)
    assert everything.bring("pull_request", origin.pull_event()) == ""
    assert everything.store.inbox.take("too soon", lease_seconds=60) is None
    assert state.comments == {}
    assert everything.go_on() == "not-faster"
    assert (len(everything.worked_on), len(state.told(NUMBER))) == (1, 1)


def test_a_key_that_github_does_not_take_costs_no_event(everything: Everything, origin: Origin, state: State) -> None:
    right, state.app_key = state.app_key, RSAKey.generate_key(2048)
    assert everything.bring("pull_request", origin.pull_event()) == ""
    state.app_key = right
    assert everything.go_on() == "not-faster"


def test_a_full_disk_costs_no_event(everything: Everything, origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patching:
        patching.setattr(attending, "archive_of", full)
        assert everything.bring("pull_request", origin.pull_event()) == ""
    assert everything.go_on() == "not-faster"


def test_a_database_that_is_gone_when_an_event_is_put_back_is_waited_for(
    everything: Everything, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [1, 2]

    class Restarting(SqlInbox):
        def put_back(self, event_id: str, holder: str, *, seconds: float = 0.0) -> None:
            if left and left.pop():
                raise StoreError("the database is starting up")
            super().put_back(event_id, holder, seconds=seconds)

    def gone(_: object) -> None:
        raise StoreError("no answer")

    monkeypatch.setattr(SqlStore, "inbox", property(lambda store: Restarting(engine=store.engine)))
    everything.office = replace(everything.office, nudge=gone)
    assert everything.bring("pull_request", origin.pull_event()) == ""
    with everything.store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT holder, turns FROM webhook_events").one() == ("", 0)


def test_who_has_lost_an_event_tells_nothing(
    everything: Everything, origin: Origin, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def lost(*_: object, **__: object) -> Iterator[threading.Event]:
        event = threading.Event()
        event.set()
        yield event

    monkeypatch.setattr(attending, "held", lost)
    assert everything.bring("pull_request", origin.pull_event()) == ""
    assert state.comments == {}


def test_a_repository_that_can_not_be_reached_costs_no_event(
    everything: Everything, origin: Origin, state: State
) -> None:
    away = origin.folder.rename(origin.folder.with_name("away"))
    assert everything.bring("pull_request", origin.pull_event()) == ""
    away.rename(origin.folder)
    assert state.comments == {}
    assert everything.go_on() == "not-faster"


def test_what_a_repository_may_cost_in_a_day_is_shared_by_its_runs(
    everything: Everything, origin: Origin, state: State
) -> None:
    office = everything.office
    usual = replace(
        office.usual, proposers=(BackendSpec(name="openai", options={}),), budget=Budget(candidates=3, dollars=2.0)
    )
    price = ModelPrice(input_dollars=1.0, output_dollars=2.0)
    settings = replace(office.settings, openai_api_key="none", model="m", model_price=price)
    everything.office = replace(office, settings=settings, usual=usual, dollars_per_day=3.0, nudge=lambda _: None)
    everything.bring("pull_request", origin.pull_event())  # its run waits for a worker
    event = origin.pull_event(action="reopened")
    assert "has 1.00 dollars left of 3.00" in everything.bring("pull_request", event, number=2)
    assert "has 1.00 dollars left of 3.00" in state.told(NUMBER)[0]


@pytest.mark.parametrize("payload", [{"repository": None}, {"installation": 5}, {"installation": {"id": "5"}}])
def test_an_event_of_no_app_is_settled_as_failed(
    everything: Everything, origin: Origin, payload: dict[str, object]
) -> None:
    assert everything.bring("pull_request", origin.pull_event() | payload).startswith("failed: the event names no")


def test_a_crash_leaves_the_event_to_the_next_one(
    everything: Everything, origin: Origin, caplog: pytest.LogCaptureFixture
) -> None:
    everything.office = replace(everything.office, usual=None)  # type: ignore[arg-type] # a bug of ours
    assert everything.bring("pull_request", origin.pull_event()) == ""
    assert "event e1 crashed" in caplog.text


def test_a_token_that_has_ended_is_asked_for_again(app: App, state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    github = app.of(5, "team/tally")
    asked = "POST /app/installations/5/access_tokens"
    for _ in range(2):
        assert list(github.comments(NUMBER)) == []
    assert state.requests.count(asked) == 1
    later = time.monotonic() + 3600
    monkeypatch.setattr("worker.github.app.time.monotonic", lambda: later)
    assert list(github.comments(NUMBER)) == []
    assert state.requests.count(asked) == 2


def test_the_token_is_gone_with_the_checkout_and_shown_nowhere(app: App, tmp_path: Path) -> None:
    github = app.of(5, "team/tally")
    scratch = tmp_path / "scratch"
    origin = From(github=github, url=tmp_path.as_uri(), scratch=scratch, limits=DEFAULT_LIMITS)
    with fetched(origin, "refs/heads/main") as place:
        assert place.exists()
    assert not list(scratch.glob("checkout*"))
    assert "the-token" not in repr(github)
    assert "PRIVATE" not in repr(app)


def told(values: Mapping[str, str]) -> Given:
    return Given(prefix=PREFIX, environment={f"{PREFIX}{name}": value for name, value in values.items()})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "PERFSMITH_GITHUB_APP_ID is not set"),
        ({"APP_ID": "1"}, "PERFSMITH_GITHUB_APP_KEY is not set"),
        ({"APP_ID": "1", "APP_KEY": "/nowhere/key.pem"}, "can't be read"),
        ({"APP_ID": "1", "APP_KEY": __file__}, "no file with an RSA private key"),
    ],
)
def test_an_app_that_is_not_described_is_refused(given: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read_app(told(given), GitHubSettings())


def test_an_allowance_that_no_event_fits_into_is_refused(tmp_path: Path) -> None:
    given = {"PERFSMITH_GITHUB_DOLLARS": "5", "PERFSMITH_GITHUB_DOLLARS_PER_DAY": "3"}
    with pytest.raises(ConfigError, match="no event could be worked on"):
        serve_github(read_settings({"PERFSMITH_HOME": str(tmp_path)}), given)


def test_a_number_that_is_none_is_refused_by_the_name_of_its_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="PERFSMITH_GITHUB_DOLLARS_PER_DAY is 'many'; it must be a number"):
        serve_github(read_settings({"PERFSMITH_HOME": str(tmp_path)}), {"PERFSMITH_GITHUB_DOLLARS_PER_DAY": "many"})


def test_accounts_are_named_with_commas_or_spaces_in_any_case() -> None:
    assert read_owners(told({"OWNERS": "Team, octo-cat other_corp"})) == {"team", "octo-cat", "other_corp"}


@pytest.mark.parametrize(
    ("given", "words"), [({}, "is not set"), ({"OWNERS": " , "}, "is not set"), ({"OWNERS": "*"}, "no account")]
)
def test_an_app_for_everybody_is_refused(given: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=f"PERFSMITH_GITHUB_OWNERS.*{words}"):
        read_owners(told(given))
