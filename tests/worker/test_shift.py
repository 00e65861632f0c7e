"""What a worker does with a run that another machine holds: help, leave, and rest when it can't."""

import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.queue import Claim, Ticket
from core.run import RunStatus
from store.sql import SqlStore
from tests.store.conftest import hours_pass
from tests.store.facts import a_run
from tests.store.test_helping import searching
from worker import shift
from worker.beat import beating
from worker.queueing.app import make_celery
from worker.settings import Settings, read_settings
from worker.shift import REST_SECONDS, Shift
from worker.supervise import Workplace

CHILD = """
import os, signal, sys, time
from pathlib import Path
signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
run, worker, attempt, parent = sys.argv[1:]
with Path(os.environ["TOLD"]).open("a") as told:
    told.write(attempt + "\\n")
time.sleep(float(os.environ["SECONDS"]))
sys.exit(int(os.environ["STATUS"]))
"""

UNABLE = """
import os, sys
from pathlib import Path
from core.errors import MachineError
from worker.child import main
def refuse(*_):
    with Path(os.environ["TOLD"]).open("a") as told:
        told.write(sys.argv[3] + "\\n")
    raise MachineError("there is no engine")
sys.exit(main(sys.argv[1:], execute=refuse, assist=refuse))
"""
"""A real child, on a machine that can't work on runs."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = read_settings({"PERFSMITH_HOME": str(tmp_path), "PERFSMITH_MACHINE": "here"})
    return replace(found, work=replace(found.work, recover_seconds=0.05, lease_seconds=0.6, grace_seconds=5.0))


@pytest.fixture
def store(settings: Settings) -> Iterator[SqlStore]:
    with SqlStore.open(settings.database_url) as opened:
        yield opened


@pytest.fixture
def claim(store: SqlStore) -> Claim:
    """Of a run that another machine is searching for."""
    return searching(store)


def a_shift(
    store: SqlStore, settings: Settings, *, child: str = CHILD, status: int = 0, seconds: float = 0.0, slots: int = 1
) -> Shift:
    variables = {"TOLD": str(settings.home / "told"), "STATUS": str(status), "SECONDS": str(seconds)}
    variables |= {"PERFSMITH_HOME": str(settings.home), "PERFSMITH_MACHINE": settings.work.machine}
    program = (sys.executable, "-c", child)
    place = Workplace(store=store, settings=settings, nudge=lambda _: None, variables=variables, program=program)
    return Shift(place=place, slots=slots)


def told(settings: Settings) -> list[str]:
    """What each child was started for."""
    file = settings.home / "told"
    return file.read_text().split() if file.exists() else []


def wait_until(settings: Settings, count: int) -> None:
    deadline = time.monotonic() + 30
    while len(told(settings)) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def helpers(store: SqlStore) -> int:
    with store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM helpers").scalar_one())


@pytest.mark.usefixtures("claim")
def test_whose_help_ended_badly_is_not_helped_again_until_some_time_has_passed(
    store: SqlStore, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = a_shift(store, settings, status=1)
    working.work()
    working.work()
    assert told(settings) == ["help"]
    assert helpers(store) == 0
    now = time.monotonic() + REST_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: now)
    working.work()
    assert told(settings) == ["help", "help"]


@pytest.mark.usefixtures("claim")
def test_a_child_that_can_not_be_started_is_help_that_ended_badly(store: SqlStore, settings: Settings) -> None:
    working = a_shift(store, settings)
    working.place = replace(working.place, program=("/nowhere/python",))
    working.work()
    assert helpers(store) == 0
    working.place = replace(working.place, program=(sys.executable, "-c", CHILD))
    working.work()
    assert told(settings) == []


def test_a_helper_is_stopped_when_the_search_is_over(store: SqlStore, settings: Settings, claim: Claim) -> None:
    working = a_shift(store, settings, seconds=60)
    with working.looking():
        wait_until(settings, 1)
        store.held(claim).show_progress(claim.run_id, "confirm", "")
        deadline = time.monotonic() + 30
        while helpers(store):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    assert told(settings) == ["help"]


@pytest.mark.usefixtures("claim")
def test_a_worker_that_is_told_to_end_gives_back_what_it_took_as_a_helper(store: SqlStore, settings: Settings) -> None:
    with a_shift(store, settings, seconds=60).looking():
        wait_until(settings, 1)
    assert helpers(store) == 0


def test_a_run_that_this_machine_is_unable_to_work_on_rests_and_others_get_their_turn(
    store: SqlStore, settings: Settings
) -> None:
    working = a_shift(store, settings, child=UNABLE)
    for run_id in ("4444", "5555"):
        store.queue.enqueue(a_run(run_id), Ticket())
    for _ in range(2):
        working.work()
        store.queue.recover()
    assert told(settings) == ["1", "1"]
    assert [summary.status for summary in store.recent(9)] == [RunStatus.QUEUED] * 2
    assert {summary.progress for summary in store.recent(9)} == {
        "waits for a machine that can: there is no engine (machine here)"
    }
    hours_pass(store, 1)
    working.work()
    assert told(settings) == ["1"] * 4


@pytest.mark.usefixtures("claim")
def test_a_run_that_the_machine_is_unable_to_work_on_keeps_it_from_no_help(store: SqlStore, settings: Settings) -> None:
    store.queue.enqueue(a_run("4444"), Ticket())
    a_shift(store, settings, child=UNABLE).work()
    assert told(settings) == ["1", "help"]


@pytest.mark.parametrize("broker_url", [None, "redis://127.0.0.1:9/0"])
def test_a_worker_of_a_team_keeps_nothing_of_runs_that_are_over(
    store: SqlStore, settings: Settings, broker_url: str | None
) -> None:
    store.queue.enqueue(a_run("3333"), Ticket())
    store.queue.cancel("3333")
    store.create(a_run("5555"))
    store.transition("5555", RunStatus.FINISHED)
    for run_id in ("3333", "5555"):
        settings.workspace(run_id).mkdir(parents=True)
    store.queue.enqueue(a_run("4444"), Ticket())
    a_shift(store, replace(settings, work=replace(settings.work, broker_url=broker_url))).work()
    assert settings.workspace("3333").exists() == (broker_url is None)
    assert settings.workspace("5555").exists()  # a command at a terminal has handed out there


def test_runs_that_wait_come_before_help(store: SqlStore, settings: Settings) -> None:
    searching(store)
    store.queue.enqueue(a_run("4444"), Ticket())
    with a_shift(store, settings, seconds=0.1).looking():
        wait_until(settings, 1)
    assert told(settings)[0] == "1"


def test_a_worker_that_begins_removes_what_a_killed_one_has_left_of_runs_that_are_over(
    store: SqlStore, settings: Settings
) -> None:
    of_a_team = replace(settings, work=replace(settings.work, broker_url="redis://nowhere"))
    store.queue.enqueue(a_run("4444"), Ticket())
    store.queue.cancel("4444")
    left = settings.workspace("4444")
    left.mkdir(parents=True)
    with a_shift(store, of_a_team).looking():
        deadline = time.monotonic() + 30
        while left.exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_clearing_that_takes_long_delays_neither_the_sign_of_life_nor_work_nor_the_end(
    store: SqlStore, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleared = threading.Event()
    monkeypatch.setattr(shift, "clear_ended", lambda *_: cleared.wait(60))
    store.queue.enqueue(a_run("4444"), Ticket())
    of_a_team = replace(settings, work=replace(settings.work, broker_url="redis://nowhere"))
    with a_shift(store, of_a_team, seconds=60).looking():
        wait_until(settings, 1)
        assert settings.sign_of_life("worker").exists()
    assert not cleared.is_set()
    cleared.set()


@pytest.mark.parametrize("process", ["worker", "beat"])
def test_who_waits_for_work_shows_that_it_lives(store: SqlStore, settings: Settings, process: str) -> None:
    alive = settings.sign_of_life(process)
    looking = a_shift(store, settings).looking()
    beats = beating(store.queue, make_celery(settings), alive, seconds=0.05)
    with looking if process == "worker" else beats:
        for _ in range(2):
            deadline = time.monotonic() + 30
            while not alive.exists():
                assert time.monotonic() < deadline
                time.sleep(0.02)
            alive.unlink()
