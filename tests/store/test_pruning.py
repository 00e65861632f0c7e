"""What is forgotten, and what is kept."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from core.queue import Ticket, WorkerState
from core.run import RunStatus
from store.pruning import AT_A_TIME
from store.sql import SqlStore
from store.tables import RunRow, Table
from tests.store.facts import MOMENT, a_call, a_candidate, a_decision, a_run, an_evaluation

LATER = datetime.now(UTC) + timedelta(days=1)
EARLIER = LATER - timedelta(days=2)


def ended(store: SqlStore, *run_ids: str) -> None:
    for run_id in run_ids:
        store.create(a_run(run_id))
        store.transition(run_id, RunStatus.FINISHED)


def ids(store: SqlStore) -> list[str]:
    return sorted(line.id for line in store.recent(999))


def test_runs_that_ended_before_the_moment_are_forgotten(database: SqlStore) -> None:
    ended(database, "a", "b")
    with database.engine.begin() as connection:
        connection.execute(update(RunRow).where(RunRow.id == "a").values(ended_at=EARLIER - timedelta(seconds=1)))
    assert database.prune(EARLIER) == 1
    assert ids(database) == ["b"]
    assert database.prune(LATER) == 1
    assert database.prune(LATER) == 0


def test_runs_that_are_not_over_are_kept(database: SqlStore) -> None:
    for run_id in "abc":
        database.queue.enqueue(a_run(run_id), Ticket())
    database.create(a_run("d"))
    database.transition("d", RunStatus.RUNNING)
    assert database.queue.claim("w", machine="m", lease_seconds=-1)
    database.queue.cancel("c")
    assert database.prune(LATER) == 1
    assert ids(database) == ["a", "b", "d"]


def test_a_run_of_an_older_release_counts_by_when_it_was_made(database: SqlStore) -> None:
    ended(database, "a")
    with database.engine.begin() as connection:
        connection.execute(update(RunRow).values(ended_at=None))
    assert database.prune(MOMENT) == 0
    assert database.prune(MOMENT + timedelta(seconds=1)) == 1


def test_all_that_belongs_to_a_run_goes_with_it(database: SqlStore) -> None:
    database.queue.enqueue(a_run(), Ticket(), archive=b"x")
    history = database.history("3fa4")
    history.propose(a_candidate(0))
    history.propose(a_candidate(1, parent=0))
    history.decide(1, an_evaluation(), a_decision())
    history.profile(1, [])
    database.ledger("3fa4").record(a_call())
    database.say("3fa4", "search", "begins")
    claim = database.queue.claim("w", machine="m", lease_seconds=60)
    assert claim
    database.queue.set_aside(claim, reason="no engine", hours=24)
    with database.engine.begin() as connection:  # as a release that knows no unable machines ends a run
        connection.execute(update(RunRow).values(status="failed", ended_at=EARLIER))
    assert database.prune(LATER) == 1
    with database.engine.connect() as connection:
        for name, table in Table.metadata.tables.items():
            assert connection.scalar(select(func.count()).select_from(table)) == 0, name


@pytest.mark.parametrize("many", [AT_A_TIME, 2 * AT_A_TIME + 1])
def test_many_runs_go_a_few_at_a_time(database: SqlStore, many: int) -> None:
    ended(database, *(f"{number:04x}" for number in range(many)))
    assert database.prune(LATER) == many
    assert ids(database) == []


def test_workers_that_are_long_gone_are_forgotten(database: SqlStore) -> None:
    told = WorkerState(name="w1", machine="m1", release="1.0", started_at=MOMENT, seen_at=MOMENT)
    database.queue.report_worker(told)
    database.prune(EARLIER)
    assert len(database.catalogue.workers()) == 1
    database.prune(LATER)
    assert database.catalogue.workers() == ()
