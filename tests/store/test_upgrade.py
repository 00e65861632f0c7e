"""Migrations: from nothing to this release and back, and never over a newer release's tables."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, inspect

from core.errors import StoreError
from store.engine import connect
from store.sql import SqlStore
from store.tables import Table
from store.upgrade import configuration, upgrade
from tests.store.facts import a_run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def connection(url: str) -> Iterator[Connection]:
    engine = connect(url)
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


def test_the_installed_migrations_need_no_configuration_file(url: str, tmp_path: Path) -> None:
    program = "import sys; from store.upgrade import upgrade; upgrade(sys.argv[1])"
    search = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {program}"
    subprocess.run([sys.executable, "-c", search, url], cwd=tmp_path, check=True)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
        assert file.execute("SELECT count(*) FROM runs").fetchone() == (0,)


def test_developers_run_alembic_on_the_database_that_the_environment_names(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERFSMITH_DATABASE_URL", url)
    for verb in (["upgrade", "head"], ["check"]):
        subprocess.run([sys.executable, "-m", "alembic", *verb], cwd=ROOT, check=True, capture_output=True)


def test_alembic_without_a_database_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERFSMITH_DATABASE_URL", raising=False)
    alembic = [sys.executable, "-m", "alembic", "check"]
    finished = subprocess.run(alembic, cwd=ROOT, check=False, capture_output=True, text=True)
    assert finished.returncode
    assert "set PERFSMITH_DATABASE_URL" in finished.stderr + finished.stdout
