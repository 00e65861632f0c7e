"""Brings a database to this release's tables, by the migrations that are installed with it."""

import sqlite3

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, event, text

from core.errors import StoreError
from store.engine import connect, for_writing
from store.failures import explained, place_of

_LOCK = 0x70657266
"""PostgreSQL's advisory lock for upgrades; any number that no other application on the database uses."""


def upgrade(url: str) -> None:
    """Create or upgrade the tables of the database at `url`; other processes may do the same at the same time.

    StoreError, and nothing is changed, when a newer release has upgraded it already.
    """
    engine = connect(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _suspend_foreign_keys)
    try:
        with explained(engine.url):
            with engine.connect() as connection:
                if is_current(connection):
                    return
            with for_writing(engine).begin() as connection:
                _upgrade_alone(connection)
    finally:
        engine.dispose()


def require_current(url: str) -> None:
    """StoreError unless the tables of the database at `url` are this release's; nothing is changed."""
    engine = connect(url)
    try:
        with explained(engine.url), engine.connect() as connection:
            if not is_current(connection):
                raise StoreError(
                    f"{place_of(engine.url)}: the tables are not this release's yet, and PERFSMITH_UPGRADE_DATABASE=0 leaves "
                    "that to `perfsmith migrate`: run it, and start again"
                )
    finally:
        engine.dispose()


def _suspend_foreign_keys(connection: sqlite3.Connection, _: object) -> None:
    """SQLite changes a table by copying and dropping it, and dropping it would delete what refers to it."""
    connection.execute("PRAGMA foreign_keys = OFF")


def is_current(connection: Connection) -> bool:
    """Whether the tables are this release's; StoreError when they are a newer one's."""
    scripts = ScriptDirectory.from_config(configuration(connection))
    known = {script.revision for script in scripts.walk_revisions()}
    found = set(MigrationContext.configure(connection).get_current_heads())
    if found - known:
        raise StoreError(
            f"{place_of(connection.engine.url)}: the database is at revision {', '.join(sorted(found - known))}, "
            f"which a newer release of perfsmith wrote; this one knows {', '.join(sorted(known))}: upgrade perfsmith"
        )
    return found == set(scripts.get_heads())


def _upgrade_alone(connection: Connection) -> None:
    """Whoever comes second waits here, then finds nothing to do."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    try:
        if not is_current(connection):
            command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise StoreError(f"{place_of(connection.engine.url)}: the tables can't be upgraded: {error}") from error


def configuration(connection: Connection) -> Config:
    """Alembic's configuration where there is no pyproject.toml: the installed migrations, on `connection`."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "migrations:.")
    return config
