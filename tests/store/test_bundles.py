"""A run goes from one store to another as a file, and nobody else's file does any harm."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.candidate import Verdict
from core.errors import ConfigError
from core.profile import Profile
from core.run import RunStatus
from core.spend import Budget
from store.sql import SqlStore
from tests.fakes.postgres import add_database
from tests.store.facts import a_call, a_candidate, a_decision, a_run, an_evaluation

ODD = "a\x00\udc80␛\u202e"


def fill(store: SqlStore, run_id: str = "3fa4") -> None:
    """A run with everything that a run can have."""
    store.create(replace(a_run(run_id), judged_patch=ODD))
    history = store.history(run_id)
    history.propose(a_candidate(0))
    history.decide(0, an_evaluation(), a_decision(Verdict.BASELINE, 1.0))
    history.propose(a_candidate(1, parent=0))
    history.decide(1, replace(an_evaluation(3), machine="m"), replace(a_decision(), reason=ODD))
    history.confirm(1, an_evaluation(), a_decision(Verdict.CONFIRMED, float("inf")))
    history.profile(1, [Profile(profiler="cprofile", unit="s", total=1.0, hotspots=())])
    store.ledger(run_id).record(a_call())
    store.say(run_id, "search", ODD)
    store.transition(run_id, RunStatus.FINISHED, stopped_by=ODD)


def test_a_run_comes_back_as_it_was_from_sqlite_to_postgresql_and_back(
    sql: SqlStore, server: Any, tmp_path: Any
) -> None:
    fill(sql)
    with (
        SqlStore.open(add_database(server, "bundles")) as other,
        SqlStore.open(f"sqlite:///{tmp_path}/third.db") as third,
    ):
        assert other.import_run(sql.export_run("3f")) == "3fa4"
        assert third.import_run(other.export_run("3fa4")) == "3fa4"
        for store in (other, third):
            assert store.load("3fa4") == sql.load("3fa4")
            assert store.ledger("3fa4").recall("k") == a_call()
            assert [entry.message for entry in store.catalogue.entries("3fa4")] == [ODD]
            assert store.catalogue.summary("3fa4").speedup == sql.catalogue.summary("3fa4").speedup


def test_a_run_is_taken_in_once(sql: SqlStore) -> None:
    fill(sql)
    with pytest.raises(ConfigError, match="there is a run 3fa4 already"):
        sql.import_run(sql.export_run("3fa4"))


def test_a_run_that_is_not_over_is_not_handed_out(sql: SqlStore) -> None:
    sql.create(a_run())
    with pytest.raises(ConfigError, match="only a run that is over"):
        sql.export_run("3fa4")


def test_a_run_that_was_taken_in_is_for_reading_only(sql: SqlStore, tmp_path: Any) -> None:
    fill(sql)
    with SqlStore.open(f"sqlite:///{tmp_path}/other.db") as other:
        other.import_run(sql.export_run("3fa4"))
        with pytest.raises(ConfigError, match="was imported and can only be read"):
            other.queue.requeue("3fa4", Budget())
        with pytest.raises(ConfigError, match="was imported and can only be read"):
            other.transition("3fa4", RunStatus.RUNNING)


Change = Callable[[dict[str, Any]], Any]


def _set(table: str, column: str, value: object) -> Change:
    def change(document: dict[str, Any]) -> None:
        body = document["bundle"][table]
        body["rows"][0][body["columns"].index(column)] = value

    return change


HOSTILE: dict[str, Change] = {
    "another format": lambda document: document.update(format=2),
    "another table": lambda document: document["bundle"].update(tokens={"columns": [], "rows": []}),
    "a missing table": lambda document: document["bundle"].pop("samples"),
    "another column": lambda document: document["bundle"]["runs"]["columns"].append("owner_too"),
    "a short row": lambda document: document["bundle"]["runs"]["rows"][0].pop(),
    "two runs": lambda document: document["bundle"]["runs"]["rows"].append(document["bundle"]["runs"]["rows"][0]),
    "no run": lambda document: document["bundle"]["runs"]["rows"].clear(),
    "an id that is a path": _set("runs", "id", "../../etc"),
    "a run that waits": _set("runs", "status", "queued"),
    "a word of another release": _set("runs", "kind", "conquer"),
    "a problem that is none": _set("runs", "problem", {"format": 2, "problem": {"__class__": "os.system"}}),
    "a text for a number": _set("samples", "wall_seconds", "fast"),
    "a flag for a number": _set("candidates", "number", value=True),
    "a number beyond 64 bits": _set("runs", "seed", 2**70),
    "a time without a zone": _set("runs", "created_at", "2026-11-25T12:00:00"),
    "profiles that are none": _set("profiles", "packed", "AAAA"),
    "a sample of nothing": _set("samples", "evaluation_id", 77),
    "a parent that is not there": _set("candidates", "parent", 9),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bundle_that_is_not_what_we_write_is_refused_and_leaves_nothing(
    sql: SqlStore, tmp_path: Any, name: str
) -> None:
    fill(sql)
    document = json.loads(gzip.decompress(sql.export_run("3fa4")))
    HOSTILE[name](document)
    with SqlStore.open(f"sqlite:///{tmp_path}/other.db") as other:
        with pytest.raises(ConfigError):
            other.import_run(gzip.compress(json.dumps(document).encode()))
        assert other.recent(9) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no gzip",
        gzip.compress(b"{"),
        gzip.compress(b"[" * 100_000),
        gzip.compress(b"NaN"),
        gzip.compress(b" " * (65 << 20)),
        gzip.compress(b"{}") + b"more",
    ],
    ids=["nothing", "no gzip", "no JSON", "deep", "NaN", "too large", "more behind it"],
)
def test_what_is_no_bundle_is_refused(sql: SqlStore, data: bytes) -> None:
    with pytest.raises(ConfigError):
        sql.import_run(data)


@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(cut=st.integers(0, 2000), noise=st.binary(max_size=4))
def test_a_bundle_that_was_damaged_on_the_way_is_refused(sql: SqlStore, cut: int, noise: bytes) -> None:
    if not sql.recent(1):
        fill(sql)
    data = sql.export_run("3fa4")
    damaged = data[: min(cut, len(data) - 1)] + noise
    with pytest.raises(ConfigError):
        sql.import_run(damaged)


def test_runs_that_ended_long_ago_are_forgotten_with_all_that_is_theirs(sql: SqlStore) -> None:
    fill(sql, "aaaa")
    sql.create(a_run("bbbb"))
    assert sql.prune(datetime(2026, 1, 1, tzinfo=UTC)) == 0
    assert sql.prune(datetime(2100, 1, 1, tzinfo=UTC)) == 1
    assert [run.id for run in sql.recent(9)] == ["bbbb"]
    assert sql.catalogue.entries("aaaa") == ()
    assert sql.ledger("aaaa").recall("k") is None
