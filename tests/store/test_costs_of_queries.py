"""Hot queries look at as many rows as they show, however many there are. Told by the databases themselves."""

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, event, insert

from core.listing import Order, RunFilter
from core.queue import Claim
from core.run import RunStatus
from store.history import SEARCH
from store.rows import run_row
from store.service_tables import UnableRow
from store.sql import SqlStore
from store.tables import CandidateRow, EvaluationRow, LogRow, ModelCallRow, RunRow, Table, TranscriptRow
from store.transcripts import pack
from tests.fakes.postgres import add_database
from tests.store.conftest import hasty
from tests.store.facts import a_run

RUNS, WAITING, WORKED_ON, OWNERS, LINES = 3000, 40, 6, 50, 20
MOST_ROWS = 300
"""Far below RUNS; a page of LINES runs with two candidates and two calls each needs about half."""
NOW = datetime.now(UTC)
LARGE = ("runs", "candidates", "evaluations", "model_calls", "transcripts", "log_entries")


def id_of(run: int) -> str:
    """Ids that look like random ones."""
    return f"{run * 2654435761 % 2**32:08x}"


MIDDLE = id_of(RUNS // 2)
Ask = Callable[[SqlStore], object]
HOT: Mapping[str, Ask] = {
    "the newest": lambda store: store.catalogue.page(RunFilter(), limit=LINES),
    "the command line's list": lambda store: store.recent(LINES),
    "a later page": lambda store: later_page(store, Order.NEWEST),
    "the fastest": lambda store: store.catalogue.page(RunFilter(), order=Order.FASTEST, limit=LINES),
    "a later page of the fastest": lambda store: later_page(store, Order.FASTEST),
    "an owner's fastest": lambda store: store.catalogue.page(
        RunFilter(owner="owner 7"), order=Order.FASTEST, limit=LINES
    ),
    "what runs": lambda store: store.catalogue.page(RunFilter(statuses=(RunStatus.RUNNING,)), limit=LINES),
    "an owner's": lambda store: store.catalogue.page(RunFilter(owner="owner 7"), limit=LINES),
    "a repository's": lambda store: store.catalogue.page(RunFilter(repository="https://x.org/r7.git"), limit=LINES),
    "those of a name": lambda store: store.catalogue.page(RunFilter(name="r7"), limit=LINES),
    "those of no name": lambda store: store.catalogue.page(RunFilter(name="nosuch"), limit=LINES),
    "a batch": lambda store: store.catalogue.page(RunFilter(batch="batch 7"), limit=LINES),
    "a batch together": lambda store: store.catalogue.batch("batch 7"),
    "no batch": lambda store: store.catalogue.page(RunFilter(batch="nosuch"), limit=LINES),
    "lately": lambda store: store.catalogue.page(RunFilter(since=NOW - timedelta(hours=9)), limit=LINES),
    "the start of an id": lambda store: store.catalogue.summary(MIDDLE[:-1]),
    "a run": lambda store: store.load(MIDDLE),
    "candidates": lambda store: store.catalogue.candidates(MIDDLE),
    "the winner": lambda store: store.catalogue.winner(MIDDLE),
    "calls": lambda store: store.catalogue.calls(MIDDLE, 1),
    "the log": lambda store: store.catalogue.entries(MIDDLE, after=1),
    "the end of the log": lambda store: store.catalogue.last_entries(MIDDLE, after=1),
    "counts": lambda store: store.catalogue.counts(),
    "verdicts": lambda store: store.catalogue.verdicts_lately(),
    "broken sandboxes": lambda store: store.catalogue.broken_sandboxes(),
    "what models cost lately": lambda store: store.catalogue.spent_lately(),
    "what models cost by day": lambda store: store.catalogue.spent_by_day(14),
    "the latest questions": lambda store: store.catalogue.asked_lately("m"),
    "the longest wait": lambda store: store.catalogue.waiting_seconds(),
    "what an owner has spent": lambda store: store.keyring.committed("owner 7", NOW - timedelta(hours=9)),
    "recovering": lambda store: store.queue.recover(),
    "claiming": lambda store: store.queue.claim("w", machine="m", lease_seconds=60),
    "renewing a lease": lambda store: store.queue.renew(Claim(run_id=MIDDLE, worker="", attempt=1), lease_seconds=60),
    "looking for somebody to help": lambda store: store.helping.assist("w", machine="m", lease_seconds=60),
    "what helpers have finished": lambda store: store.helping.finished(MIDDLE, {0, 1}),
    "saying": lambda store: store.say(MIDDLE, "search", "one more"),
}


def later_page(store: SqlStore, order: Order) -> object:
    first = store.catalogue.page(RunFilter(), order=order, limit=LINES)
    return store.catalogue.page(RunFilter(), order=order, limit=LINES, after=first.after)


def fill(store: SqlStore) -> None:
    """Many runs, two candidates and two calls each; a few wait and a few are worked on."""
    with store.engine.begin() as connection:
        rows = (_candidate, _call, _transcript, _entry)
        tables = (CandidateRow, ModelCallRow, TranscriptRow, LogRow)
        for table, row in ((RunRow, _run), *zip(tables, rows, strict=True)):
            each = 1 if table is RunRow else 2
            connection.execute(insert(table), [row(number // each, number % each) for number in range(RUNS * each)])
        connection.execute(insert(EvaluationRow), [_evaluation(number) for number in range(RUNS)])
        waiting = range(RUNS - WAITING, RUNS)
        connection.execute(insert(UnableRow), [_unable(run, machine) for run in waiting for machine in ("m", "other")])
        connection.exec_driver_sql("ANALYZE")


def _run(number: int, _: int) -> dict[str, Any]:
    status = "queued" if number >= RUNS - WAITING else "running" if number < WORKED_ON else "finished"
    at = NOW - timedelta(hours=RUNS - number)
    speedup = random.Random(number).uniform(1, 9) if number % 2 else None
    return {
        **run_row(a_run(id_of(number))),
        "created_at": at,
        "queued_at": at,
        "nudged_at": NOW,
        "started_at": at,
        "ended_at": at if status == "finished" else None,
        "lease_until": NOW + timedelta(hours=9) if status == "running" else None,
        "status": status,
        "owner": f"owner {number % OWNERS}",
        "key": f"key {number}",
        "batch": f"batch {number % 300}" if number % 2 else "",
        "repository": f"https://x.org/r{number % 90}.git",
        "name": f"r{number % 90}",
        "speedup": speedup,
        "speedup_low": speedup,
        "speedup_high": speedup,
    }


def _candidate(run: int, number: int) -> dict[str, Any]:
    texts = dict.fromkeys(("rationale", "direction", "proposer", "problem"), "")
    spent = dict.fromkeys(("spent_candidates", "spent_tokens", "spent_dollars", "spent_seconds"), 0)
    own = {"run_id": id_of(run), "number": number, "parent": 0 if number else None, "patch": "p" * 500}
    return {**own, **texts, **spent}


def _evaluation(run: int) -> dict[str, Any]:
    kept = {"run_id": id_of(run), "number": 0, "kind": SEARCH, "verdict": "baseline", "reason": ""}
    return {**kept, "seconds": 1.0, "by_workload": {"format": 2, "speedups": []}}


def _unable(run: int, machine: str) -> dict[str, Any]:
    """Half of the runs that wait rest from the machine."""
    rests_until = NOW + timedelta(hours=run % 2 * 2 - 1)
    kept = {"run_id": id_of(run), "machine": machine, "since": NOW, "rests_until": rests_until}
    return {**kept, "times": 1, "reason": "no engine"}


def _transcript(run: int, number: int) -> dict[str, Any]:
    return {"run_id": id_of(run), "key": str(number), "packed": pack("q", "a")}


def _call(run: int, number: int) -> dict[str, Any]:
    texts = dict.fromkeys(("purpose", "model", "answer", "error"), "")
    numbers = dict.fromkeys(("input_tokens", "output_tokens", "dollars", "seconds"), 1)
    asked = {"run_id": id_of(run), "key": str(number), "candidate": number, "prompt": "q" * 500}
    return {**asked, **texts, **numbers, "asked_at": NOW - timedelta(hours=RUNS - run)}


def _entry(run: int, number: int) -> dict[str, Any]:
    return {"run_id": id_of(run), "number": number + 1, "at": NOW, "stage": "search", "message": "m"}


@dataclass(frozen=True, kw_only=True)
class Query:
    statement: str
    parameters: Any


@contextmanager
def queries_of(store: SqlStore) -> Iterator[list[Query]]:
    seen: list[Query] = []

    def note(*arguments: Any) -> None:
        if arguments[2].startswith("SELECT"):
            seen.append(Query(statement=arguments[2], parameters=arguments[3]))

    event.listen(store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(store.engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def full_postgres(server: URL) -> Iterator[SqlStore]:
    with SqlStore.open(add_database(server, "full")) as opened:
        fill(opened)
        with opened.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
        yield opened


@pytest.fixture(scope="module")
def full_sqlite(tmp_path_factory: pytest.TempPathFactory, empty: Path) -> Iterator[SqlStore]:
    path = tmp_path_factory.mktemp("full") / "perfsmith.db"
    path.write_bytes(empty.read_bytes())
    with hasty(f"sqlite:///{path}") as opened:
        fill(opened)
        yield opened


@pytest.mark.parametrize("what", HOT)
def test_postgresql_looks_at_few_rows_and_reads_no_large_table_through(full_postgres: SqlStore, what: str) -> None:
    for query, plan in plans(full_postgres, HOT[what]):
        for node in nodes(plan):
            read = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
            through = node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE
            assert not through, (node, query)
            assert read <= MOST_ROWS, (node, query)


def plans(store: SqlStore, ask: Ask) -> Iterator[tuple[str, dict[str, Any]]]:
    with queries_of(store) as asked:
        ask(store)
    with store.engine.connect() as connection:
        for query in asked:
            explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {query.statement}"
            (found,) = connection.exec_driver_sql(explain, query.parameters).scalars()
            yield query.statement, (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


@pytest.mark.parametrize("what", HOT)
def test_sqlite_finds_by_an_index(full_sqlite: SqlStore, what: str) -> None:
    with queries_of(full_sqlite) as asked:
        HOT[what](full_sqlite)
    with full_sqlite.engine.connect() as connection:
        for query in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query.statement}", query.parameters).all()
            steps = [step for *_, step in plan]
            assert not any(step.removeprefix("SCAN ") in LARGE for step in steps), (steps, query.statement)


LINES_ONLY = (
    "the newest",
    "the command line's list",
    "the start of an id",
    "candidates",
    "claiming",
    "renewing a lease",
)


@pytest.mark.parametrize("what", LINES_ONLY)
def test_a_list_and_a_lease_read_no_patch(full_sqlite: SqlStore, what: str) -> None:
    with queries_of(full_sqlite) as asked:
        HOT[what](full_sqlite)
    assert asked
    assert not [query.statement for query in asked if re.search(r"\b(judged_patch|patch|rationale)\b", query.statement)]


def test_all_large_tables_are_watched() -> None:
    small = {"tokens", "workers", "archives", "webhook_events"}
    few_of_one_run = {"hints", "helpers", "takes", "unable_machines"}
    of_one_evaluation = {"checks", "timings", "samples", "profiles"}
    assert set(Table.metadata.tables) == {*LARGE, *small, *few_of_one_run, *of_one_evaluation}
