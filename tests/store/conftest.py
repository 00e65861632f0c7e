"""The stores under test."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, event, select
from sqlalchemy.orm import Session

from store.engine import connect
from store.service_tables import UnableRow
from store.sql import SqlStore
from tests.fakes.postgres import add_database, forgetful_postgres
from tests.fakes.service import ServiceStore
from tests.fakes.store import MemoryStore

EMPTYING = ("DELETE FROM runs", "DELETE FROM tokens", "DELETE FROM workers", "DELETE FROM webhook_events")


@pytest.fixture(scope="session")
def server() -> Iterator[URL]:
    with forgetful_postgres() as running:
        yield running


@pytest.fixture(scope="session")
def shared(server: URL) -> Iterator[SqlStore]:
    """A store on PostgreSQL for all tests: making one takes longer than most of them."""
    with SqlStore.open(add_database(server, "shared")) as opened:
        yield opened


@pytest.fixture
def postgres(shared: SqlStore) -> SqlStore:
    with shared.engine.begin() as connection:
        for statement in EMPTYING:
            connection.exec_driver_sql(statement)
    return shared


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/perfsmith.db"


@pytest.fixture
def sql(url: str, empty: Path) -> Iterator[SqlStore]:
    shutil.copy(empty, url.removeprefix("sqlite:///"))
    with hasty(url) as opened:
        yield opened


@contextmanager
def hasty(url: str) -> Iterator[SqlStore]:
    """A store that does not wait for the disk, on a database that has its tables."""
    engine = connect(url)
    event.listen(engine, "connect", _hurry)
    yield SqlStore(engine=engine)
    engine.dispose()


def _hurry(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture(params=["memory", "sql", "postgres"])
def store(request: pytest.FixtureRequest) -> ServiceStore:
    if request.param == "memory":
        return MemoryStore()
    opened: SqlStore = request.getfixturevalue(request.param)
    return opened


@pytest.fixture(params=["sql", "postgres"])
def database(request: pytest.FixtureRequest) -> SqlStore:
    opened: SqlStore = request.getfixturevalue(request.param)
    return opened


def hours_pass(store: ServiceStore, hours: int) -> None:
    """For the machines that are unable to work on a run: it is so long ago that they said so."""
    if isinstance(store, MemoryStore):
        for unable in (each for place in store.places.values() for each in place.unable.values()):
            unable.since, unable.rests_until = (
                at - timedelta(hours=hours) for at in (unable.since, unable.rests_until)
            )
    elif isinstance(store, SqlStore):
        with Session(store.engine) as session, session.begin():
            for row in session.scalars(select(UnableRow)):
                row.since, row.rests_until = (at - timedelta(hours=hours) for at in (row.since, row.rests_until))
