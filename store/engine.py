"""Connections: what a URL leads to, and transactions that read or write. All that is special to SQLite is here."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.orm import Session

from core.errors import ConfigError
from store.failures import explained, place_of

BUSY_SECONDS = 30
"""How long to wait for another process's transaction on SQLite; ?timeout= in the URL says otherwise."""
_GOOD_URLS = "sqlite:////path/to/perfsmith.db or postgresql+psycopg://user:password@host/name"
_WAL_PAUSE_SECONDS = 0.05
_SQLITE_BEGIN = "sqlite_begin"


def connect(url: str) -> Engine:
    """An engine for `url`; nothing is opened yet. ConfigError when the URL can't be used."""
    parsed = _parse(url)
    try:
        engine = create_engine(parsed, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigError(f"{place_of(parsed)}: {error}; good ones are {_GOOD_URLS}") from error
    except ImportError as error:
        raise ConfigError(f"{place_of(parsed)}: its driver is missing, install the package {error.name}") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        shown = url.rpartition("@")[2]  # what stands before it may hold a password
        raise ConfigError(f"{shown!r} is no database URL; good ones are {_GOOD_URLS}") from error
    if parsed.get_backend_name() != "sqlite":
        return parsed
    if parsed.database in {None, "", ":memory:"}:
        raise ConfigError(f"{url!r} names no file, and what it remembers would be lost; good ones are {_GOOD_URLS}")
    return parsed if "timeout" in parsed.query else parsed.update_query_dict({"timeout": str(BUSY_SECONDS)})


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # the driver leaves BEGIN to us
    _use_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut as well
    connection.execute("PRAGMA foreign_keys = ON")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Readers don't wait for the writer. SQLite does not wait for others while it changes this, so we do."""
    (milliseconds,) = connection.execute("PRAGMA busy_timeout").fetchone()
    deadline = time.monotonic() + milliseconds / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(_WAL_PAUSE_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get(_SQLITE_BEGIN, 'DEFERRED')}")


def for_reading(engine: Engine) -> Engine:
    """`engine` with transactions that see one state of the database from their first query to their last."""
    return engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="REPEATABLE READ")


def for_writing(engine: Engine) -> Engine:
    """`engine` with transactions that wait for other writers at their start, not half-way where SQLite would give up."""
    return engine.execution_options(**{_SQLITE_BEGIN: "IMMEDIATE"})


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads; StoreError when the database fails."""
    with explained(engine.url), Session(for_reading(engine)) as session:
        yield session


@contextmanager
def writing(engine: Engine, *, refused: str) -> Iterator[Session]:
    """A session that is committed at the end, all or nothing; StoreError when the database fails, with `refused` when a
    constraint is violated.
    """
    with explained(engine.url, refused=refused), Session(for_writing(engine)) as session, session.begin():
        yield session


def hold(session: Session, name: str) -> None:
    """Until the session's transaction ends, whoever else wants to hold this name waits. SQLite has one writer at a time anyhow."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def now_of(session: Session) -> datetime:
    """The database's time, which all of its users share; on SQLite that is this machine's."""
    if session.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)
    found: datetime = session.scalars(select(func.clock_timestamp())).one()
    return found.astimezone(UTC)
