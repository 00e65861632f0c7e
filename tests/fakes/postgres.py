"""A real PostgreSQL server for tests, in a folder of its own."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, make_url

FORGETFUL = ("fsync", "synchronous_commit", "full_page_writes")
"""What costs time so that data survive a power cut."""


def start_postgres(folder: Path) -> Any:
    """The running server; `get_uri(database=…)` leads to it, `cleanup()` ends it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders for sockets that it does without
        from pgserver.postgres_server import get_server  # noqa: PLC0415 only now can its warnings be ignored

        return get_server(folder)


@contextmanager
def postgres_server() -> Iterator[Any]:
    """A running server that is gone when the context ends. Its folder is nobody else's: the server is not run by root."""
    folder = Path(tempfile.mkdtemp(prefix="perfsmith-postgres-"))
    try:
        server = start_postgres(folder)
        yield server
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def forgetful_postgres() -> Iterator[URL]:
    """The URL of a new server's own database. It is quick, and would not survive a power cut."""
    with postgres_server() as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in FORGETFUL:
                connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
            connection.execute("SELECT pg_reload_conf()")
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")


def add_database(server: URL, name: str) -> str:
    """A new, empty database of the server."""
    uri = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return server.set(database=name).render_as_string(hide_password=False)


def restart_postgres(server: Any) -> None:
    """End the server as a crash would, with all its connections, and start it again."""
    from pgserver._commands import pg_ctl  # type: ignore[attr-defined]  # noqa: PLC0415 - as above

    pg_ctl(["-w", "-m", "immediate", "restart"], pgdata=server.pgdata, user=server.system_user)
