"""A real PostgreSQL server for tests, which comes with the package pgserver."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

FORGETFUL = ("fsync", "synchronous_commit", "full_page_writes")
"""What costs time so that data survive a power cut."""


@contextmanager
def running_postgres() -> Iterator[URL]:
    """The URL of a new server's own database; the server and its data are gone when the context ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders that we don't use
        from pgserver.postgres_server import get_server  # noqa: PLC0415 only now can its warnings be ignored
    with (
        tempfile.TemporaryDirectory(prefix="perfsmith-postgres-", ignore_cleanup_errors=True) as folder,
        get_server(Path(folder), cleanup_mode="delete") as server,
    ):
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
