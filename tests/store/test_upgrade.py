"""Migrations: from nothing to this release and back, and never over a newer release's tables."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import main as alembic
from sqlalchemy import Connection, inspect, text

from core.candidate import Verdict
from core.errors import StoreError
from core.listing import RunFilter
from core.measurement import Speedup
from store.engine import connect
from store.forms import backends_form, budget_form, problem_form, speedups_form
from store.sql import SqlStore
from store.tables import Table
from store.upgrade import configuration, upgrade
from tests.fakes.postgres import add_database
from tests.store.facts import a_run

ROOT = Path(__file__).parents[2]
SERIAL = count()
FORMS: dict[str, Any] = {"problem": problem_form, "backends": backends_form, "budget": budget_form}

Row = dict[str, Any]
TABLE = " table"
OLD_RUN: Row = {
    TABLE: "runs",
    "id": "3fa4",
    "kind": "optimize",
    "repository": "https://example.org/Slow.git",
    **{name: json.dumps(form(getattr(a_run(), name))) for name, form in FORMS.items()},
    "seed": 7,
    "created_at": "2026-11-21 12:00:00",
    "status": "finished",
    "error": "",
    "stopped_by": "",
    "judged_patch": "",
}
OLD_CANDIDATE: Row = {
    TABLE: "candidates",
    "run_id": "3fa4",
    "number": 0,
    **dict.fromkeys(("patch", "rationale", "direction", "proposer", "problem"), ""),
    **dict.fromkeys(("spent_candidates", "spent_tokens", "spent_dollars", "spent_seconds"), 0),
}
OLD_EVALUATION: Row = {
    TABLE: "evaluations",
    "run_id": "3fa4",
    "number": 0,
    "kind": "search",
    "seconds": 1.0,
    "verdict": "confirmed",
    "reason": "",
    "speedup": 3.0,
    "speedup_low": 2.0,
    "speedup_high": 4.0,
    "by_workload": json.dumps(speedups_form(())),
}
OLD_CALL: Row = {
    TABLE: "model_calls",
    "run_id": "3fa4",
    "key": "k",
    "candidate": 0,
    "prompt": "q",
    **dict.fromkeys(("purpose", "model", "answer", "error"), ""),
    **dict.fromkeys(("input_tokens", "output_tokens", "dollars", "seconds"), 0),
    "asked_at": "2026-11-21 12:00:00",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("url"))
    return add_database(request.getfixturevalue("server"), f"upgraded {next(SERIAL)}")


@pytest.fixture
def connection(place: str) -> Iterator[Connection]:
    engine = connect(place)
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def test_an_empty_database_gets_the_tables_that_the_store_uses(connection: Connection) -> None:
    command.upgrade(configuration(connection), "head")
    command.check(configuration(connection))
    assert set(inspect(connection).get_table_names()) == {*Table.metadata.tables, "alembic_version"}


def test_every_constraint_has_a_name(connection: Connection) -> None:
    command.upgrade(configuration(connection), "head")
    for table in Table.metadata.tables:
        found = inspect(connection)
        keys = [*found.get_foreign_keys(table), *found.get_unique_constraints(table), found.get_pk_constraint(table)]
        assert all(key["name"] for key in keys)


def test_the_migrations_can_be_undone(connection: Connection) -> None:
    command.upgrade(configuration(connection), "head")
    command.downgrade(configuration(connection), "base")
    assert inspect(connection).get_table_names() == ["alembic_version"]


def test_upgrading_twice_changes_nothing(url: str) -> None:
    with SqlStore.open(url) as store:
        store.create(a_run())
    upgrade(url)
    with SqlStore.open(url) as store:
        assert store.load("3fa4").run == a_run()


def test_a_newer_releases_database_is_refused_and_left_alone(url: str) -> None:
    upgrade(url)
    path = Path(url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.commit()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"9999, which a newer release .*upgrade perfsmith"), SqlStore.open(url):
        pass
    assert path.read_bytes() == before


def test_whoever_leaves_it_to_the_migrate_command_refuses_other_tables_and_makes_none(url: str) -> None:
    path = Path(url.removeprefix("sqlite:///"))
    with pytest.raises(StoreError, match="`perfsmith migrate`: run it"), SqlStore.open(url, upgrades=False):
        pass
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    upgrade(url)
    with SqlStore.open(url, upgrades=False) as store:
        store.create(a_run())


def test_the_installed_migrations_need_no_configuration_file(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    upgrade(url)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
        assert file.execute("SELECT count(*) FROM runs").fetchone() == (0,)


def test_what_was_stored_before_the_queue_is_shown_in_lists(place: str, connection: Connection) -> None:
    command.upgrade(configuration(connection), "0002")
    put(connection, OLD_RUN)
    for number, (verdict, low) in enumerate([("accepted", 9.0), ("confirmed", 1.5), ("confirmed", 2.5)]):
        put(connection, OLD_CANDIDATE | {"number": number})
        put(connection, OLD_EVALUATION | {"number": number, "verdict": verdict, "speedup_low": low})
    command.upgrade(configuration(connection), "head")
    connection.commit()
    with SqlStore.open(place) as store:
        line = store.catalogue.summary("3fa4")
        assert (line.owner, line.waits, line.speedup) == ("local", False, Speedup(estimate=3.0, low=2.5, high=4.0))
        assert [found.id for found in store.catalogue.page(RunFilter(name="slow")).runs] == ["3fa4"]
        assert store.load("3fa4").winner


def test_the_release_before_the_queue_may_go_on_writing(place: str, connection: Connection) -> None:
    command.upgrade(configuration(connection), "head")
    for row in (OLD_RUN, OLD_CANDIDATE, OLD_EVALUATION, OLD_CALL):
        put(connection, row)
    connection.commit()
    with SqlStore.open(place) as store:
        assert store.load("3fa4").candidates[0].verdict is Verdict.CONFIRMED
        assert store.catalogue.calls("3fa4", 0)[0].prompt == "q"
        assert store.queue.claim("w", machine="m", lease_seconds=60) is None


def put(connection: Connection, row: Row) -> None:
    """Insert a row as the release before the queue does: with its columns only."""
    names = [name for name in row if name != TABLE]
    values = ", ".join(f":{name}" for name in names)
    connection.execute(text(f"INSERT INTO {row[TABLE]} ({', '.join(names)}) VALUES ({values})"), row)


def test_developers_run_alembic_on_the_database_that_the_environment_names(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PERFSMITH_DATABASE_URL", url)
    for verb in (["upgrade", "head"], ["check"]):
        alembic(verb)


def test_alembic_without_a_database_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("PERFSMITH_DATABASE_URL", raising=False)
    with pytest.raises(SystemExit):
        alembic(["check"])
    printed = capsys.readouterr()
    assert "set PERFSMITH_DATABASE_URL" in printed.err + printed.out
