"""A run goes from store to store as it is, and a bundle that somebody made up does no harm."""

import gzip
import json
import tracemalloc
import zlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.candidate import Verdict
from core.errors import ConfigError
from core.queue import Ticket
from core.run import Record, RunStatus
from core.spend import Budget
from store import bundles
from store.sql import SqlStore
from store.tables import Table
from tests.fakes.remembering import remember
from tests.store.conftest import hasty
from tests.store.facts import a_call, a_candidate, a_decision, a_run, an_evaluation, records

ODD_TEXT = "a\x00\udc80␛\u202e"


def a_full_run(store: SqlStore, run_id: str = "3fa4") -> None:
    store.queue.enqueue(a_run(run_id), Ticket(owner="ada", batch="b1", priority=3, key="k", fingerprint="f"))
    claim = store.queue.claim("w1", machine="m1", lease_seconds=60)
    assert claim
    held = store.held(claim)
    history = held.history(run_id)
    for number in range(3):
        history.propose(a_candidate(number, parent=number - 1 if number else None))
        history.decide(number, replace(an_evaluation(), machine="m1"), a_decision())
    history.confirm(2, an_evaluation(5), a_decision(Verdict.CONFIRMED, estimate=2.5))
    history.profile(0, [])
    held.ledger(run_id).record(a_call())
    held.say(run_id, "search", ODD_TEXT)
    store.queue.add_hint(run_id, "ada", ODD_TEXT)
    held.transition(run_id, RunStatus.FINISHED, stopped_by="nothing left")


def all_of(store: SqlStore, run_id: str) -> list[object]:
    read = store.catalogue
    line = replace(read.summary(run_id), is_imported=False)
    return [store.load(run_id), line, read.calls(run_id, 1), read.entries(run_id), read.hints(run_id)]


@pytest.fixture
def other(tmp_path: Path, empty: Path) -> Any:
    path = tmp_path / "other.db"
    path.write_bytes(empty.read_bytes())
    with hasty(f"sqlite:///{path}") as opened:
        yield opened


def test_a_run_goes_from_sqlite_to_postgresql_and_back_as_it_is(
    sql: SqlStore, postgres: SqlStore, other: SqlStore
) -> None:
    a_full_run(postgres, "7b00")  # so that its own numbers are others
    a_full_run(sql)
    assert postgres.import_run(sql.export_run("3f")) == "3fa4"
    assert other.import_run(postgres.export_run("3fa4")) == "3fa4"
    assert all_of(sql, "3fa4") == all_of(postgres, "3fa4") == all_of(other, "3fa4")
    assert other.export_run("3fa4") == postgres.export_run("3fa4")


RUN_IDS = iter(f"{number:x}" for number in range(10**6))


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(record=records())
def test_any_run_that_is_over_comes_back_equal(sql: SqlStore, other: SqlStore, record: Record) -> None:
    record = replace(record, run=replace(record.run, id=next(RUN_IDS), status=RunStatus.FAILED))
    remember(sql, record)
    assert other.load(other.import_run(sql.export_run(record.run.id))) == record


def test_the_numbers_of_evaluations_are_given_anew(sql: SqlStore, other: SqlStore) -> None:
    a_full_run(sql)
    a_full_run(other, "7b00")
    before = all_of(other, "7b00")
    other.import_run(sql.export_run("3fa4"))
    assert all_of(other, "7b00") == before
    assert all_of(other, "3fa4") == all_of(sql, "3fa4")


def test_only_a_run_that_is_over_is_exported(sql: SqlStore) -> None:
    sql.create(a_run())
    with pytest.raises(ConfigError, match="3fa4 is queued"):
        sql.export_run("3fa4")
    with pytest.raises(ConfigError, match="no run '9'"):
        sql.export_run("9")


def test_a_run_that_is_there_is_never_replaced(database: SqlStore) -> None:
    a_full_run(database)
    bundle, before = database.export_run("3fa4"), all_of(database, "3fa4")
    with pytest.raises(ConfigError, match="there is a run 3fa4 already"):
        database.import_run(bundle)
    assert all_of(database, "3fa4") == before


def test_an_imported_run_is_for_reading_only(sql: SqlStore, postgres: SqlStore) -> None:
    a_full_run(sql)
    postgres.import_run(sql.export_run("3fa4"))
    with pytest.raises(ConfigError, match="3fa4 was imported"):
        postgres.queue.requeue("3fa4", Budget())
    with pytest.raises(ConfigError, match="3fa4 was imported"):
        postgres.transition("3fa4", RunStatus.RUNNING)
    assert postgres.queue.recover() == ()
    assert postgres.queue.claim("w", machine="m", lease_seconds=60) is None


def test_a_run_that_is_too_large_is_not_exported(sql: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    a_full_run(sql)
    monkeypatch.setattr(bundles, "MOST_BYTES", 2000)
    with pytest.raises(ConfigError, match="holds up to 2000"):
        sql.export_run("3fa4")


def test_a_run_that_is_small_only_because_it_is_packed_is_not_exported(
    sql: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_full_run(sql)
    size = len(gzip.decompress(sql.export_run("3fa4")))
    sql.ledger("3fa4").record(replace(a_call("long"), prompt="q" * 3 * size))
    monkeypatch.setattr(bundles, "MOST_BYTES", 2 * size)
    with pytest.raises(ConfigError, match="hold more than"):
        sql.export_run("3fa4")


def test_a_bundle_of_a_release_without_transcripts_is_read(sql: SqlStore, bundle: bytes) -> None:
    def as_before(body: Body) -> None:
        del body["transcripts"]
        calls = body["model_calls"]
        where = calls["columns"].index("prompt")
        for row in calls["rows"]:
            row[where] = "as it was"

    sql.import_run(changed(bundle, as_before))
    (call, *_) = sql.catalogue.calls("3fa4", a_call().candidate)
    assert call.prompt == "as it was"


def test_every_table_with_something_of_a_run_is_in_a_bundle() -> None:
    left_out = {"tokens", "workers", "archives", "webhook_events", "helpers", "takes", "unable_machines"}
    assert {table.__tablename__ for table in bundles.TABLES} == set(Table.metadata.tables) - left_out


Body = dict[str, Any]


def zipped(data: bytes) -> bytes:
    """Without the time: pytest names tests by these bytes, and its processes must agree on the names."""
    return gzip.compress(data, mtime=0)


def packed(document: object) -> bytes:
    return zipped(json.dumps(document).encode())


def changed(bundle: bytes, change: Callable[[Body], None]) -> bytes:
    document = json.loads(gzip.decompress(bundle))
    change(document["bundle"])
    return packed(document)


def setting(table: str, column: str, value: object) -> Callable[[Body], None]:
    def change(body: Body) -> None:
        place = body[table]["columns"].index(column)
        body[table]["rows"][0][place] = value

    return change


def inside(column: str, *path: str | int, value: object) -> Callable[[Body], None]:
    """Change something in a JSON form of the run."""

    def change(body: Body) -> None:
        form = body["runs"]["rows"][0][body["runs"]["columns"].index(column)][column]
        for step in path[:-1]:
            form = form[step]
        form[path[-1]] = value

    return change


def added(table: str, **values: object) -> Callable[[Body], None]:
    """One more row, like the first but for these values."""

    def change(body: Body) -> None:
        columns, rows = body[table]["columns"], body[table]["rows"]
        rows.append([values.get(name, value) for name, value in zip(columns, rows[0], strict=True)])

    return change


def bomb(unpacked: int) -> str:
    return b64encode(zlib.compress(b" " * unpacked)).decode()


DEEP = b64encode(zlib.compress(b'{"format": 2, "profiles": ' + b"[" * 100_000)).decode()
HOSTILE: list[Callable[[Body], None]] = [
    setting("runs", "id", "../../etc"),
    setting("runs", "id", ""),
    setting("runs", "id", "a" * 65),
    setting("runs", "status", "queued"),
    setting("runs", "status", "running"),
    setting("runs", "status", "splendid"),
    setting("runs", "kind", "x" * 33),
    setting("runs", "kind", "splendid"),
    setting("runs", "seed", 2**63),
    setting("runs", "seed", value=True),
    setting("runs", "seed", "1"),
    setting("runs", "seed", None),
    setting("runs", "created_at", "2026-01-01"),
    setting("runs", "created_at", "0001-01-01T00:00:00+14:00"),
    setting("runs", "created_at", 5),
    setting("runs", "problem", {}),
    setting("runs", "problem", "text"),
    setting("runs", "problem", {"format": 99, "problem": {}}),
    setting("runs", "problem", {"format": 2, "problem": "\x00"}),
    inside("problem", "repository", value=5),
    inside("problem", "repository", value=None),
    inside("problem", "editable", value=5),
    inside("problem", "editable", value=[5]),
    inside("problem", "output", value="json:x"),
    inside("problem", "guards", value=[]),
    inside("problem", "timeout_seconds", value="5"),
    inside("backends", "proposers", value=5),
    inside("backends", "sandbox", "options", value=[]),
    inside("budget", "candidates", value="many"),
    setting("candidates", "spent_dollars", "a lot"),
    setting("candidates", "spent_dollars", 10**400),
    setting("candidates", "number", -(2**63) - 1),
    setting("candidates", "parent", 2),
    setting("candidates", "parent", 99),
    added("candidates"),
    added("candidates", number=9, parent=9),
    setting("evaluations", "verdict", "splendid"),
    setting("evaluations", "number", 99),
    setting("evaluations", "by_workload", {"format": 2, "speedups": [{"workload": "w"}]}),
    setting("evaluations", "by_workload", {"format": 2, "speedups": [5]}),
    added("evaluations", number=1),
    setting("checks", "evaluation_id", 99),
    setting("checks", "passed", 1),
    setting("samples", "side", "neither"),
    setting("samples", "timing", 99),
    setting("samples", "memory_bytes", 0.5),
    setting("profiles", "packed", "no base 64"),
    setting("profiles", "packed", b64encode(b"no zlib").decode()),
    setting("profiles", "packed", bomb(2 * bundles.MOST_BYTES)),
    setting("profiles", "packed", DEEP),
    added("model_calls"),
    added("transcripts"),
    setting("transcripts", "key", "of no call"),
    setting("transcripts", "packed", DEEP),
    setting("transcripts", "packed", b64encode(zlib.compress(b'{"format": 2, "transcript": {"prompt": 5}}')).decode()),
    setting("transcripts", "packed", b64encode(b"no zlib").decode()),
    setting("transcripts", "packed", bomb(2 * bundles.MOST_BYTES)),
    setting("log_entries", "message", None),
    added("runs", id="7b00"),
    lambda body: body["runs"]["rows"].clear(),
    lambda body: body["runs"]["rows"][0].pop(),
    lambda body: body["runs"]["rows"].append("row"),
    lambda body: body["runs"]["columns"].reverse(),
    lambda body: body["runs"]["columns"].append("claimed_by"),
    lambda body: body.pop("checks"),
    lambda body: body.update(tokens=body["checks"]),
    lambda body: body.update(checks=[]),
    lambda body: body.update(checks={"columns": [], "rows": 5}),
]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, empty: Path) -> bytes:
    path = tmp_path_factory.mktemp("source") / "perfsmith.db"
    path.write_bytes(empty.read_bytes())
    with hasty(f"sqlite:///{path}") as opened:
        a_full_run(opened)
        return opened.export_run("3fa4")


def test_a_bundle_that_was_changed_is_refused_and_leaves_nothing(database: SqlStore, bundle: bytes) -> None:
    taken = [number for number, change in enumerate(HOSTILE) if not refused(database, changed(bundle, change))]
    assert taken == []
    database.import_run(bundle)


def refused(store: SqlStore, data: bytes) -> bool:
    try:
        store.import_run(data)
    except ConfigError:
        return store.recent(1) == []
    store.prune(datetime.now(UTC) + timedelta(days=1))
    return False


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no gzip",
        zipped(b""),
        zipped(b"{"),
        zipped(b"[" * 100_000),
        zipped(b'{"format": NaN}'),
        zipped(b"\xff\xfe"),
        zipped(b"9" * 5000),
        packed([]),
        packed({}),
        packed({"format": 2, "bundle": {}}),
        packed({"format": 1, "bundle": 5}),
        packed({"format": 1, "bundle": {}}),
    ],
)
def test_what_is_no_bundle_is_refused(sql: SqlStore, data: bytes) -> None:
    with pytest.raises(ConfigError, match="bundle"):
        sql.import_run(data)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(cut=st.integers(0, 2000), noise=st.binary(max_size=4))
def test_a_bundle_that_was_damaged_on_the_way_is_refused(sql: SqlStore, bundle: bytes, cut: int, noise: bytes) -> None:
    damaged = bundle[: min(cut, len(bundle) - 5)] + noise
    with pytest.raises(ConfigError):
        sql.import_run(damaged)


def test_a_bundle_that_is_cut_off_or_goes_on_is_refused(sql: SqlStore, bundle: bytes) -> None:
    for data in (bundle[:-9], bundle + b"more", bundle + bundle):
        with pytest.raises(ConfigError, match="cut off, or something follows"):
            sql.import_run(data)


def test_few_bytes_that_become_many_are_refused_before_they_do(sql: SqlStore) -> None:
    data = gzip.compress(b" " * (3 * bundles.MOST_BYTES))
    tracemalloc.start()
    with pytest.raises(ConfigError, match="holds more than"):
        sql.import_run(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2.5 * bundles.MOST_BYTES


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_one_value_in_place_of_another_is_read_or_refused(
    sql: SqlStore, bundle: bytes, data: st.DataObject
) -> None:
    def change(body: Body) -> None:
        table = data.draw(st.sampled_from([name for name, those in body.items() if those["rows"]]))
        row = data.draw(st.sampled_from(body[table]["rows"]))
        place = data.draw(st.integers(0, len(row) - 1))
        row[place] = data.draw(ODD)

    odd = changed(bundle, change)
    try:
        run_id = sql.import_run(odd)
    except ConfigError:
        return
    all_of(sql, run_id)
    sql.prune(datetime(9998, 1, 1, tzinfo=UTC))


ODD = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
