"""A real PostgreSQL server for tests."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def postgres_server() -> Iterator[Any]:
    """A running server; `get_uri(database=…)` leads to it. Its folder is nobody else's: the server is not run by root."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders for sockets that it does without
        from pgserver.postgres_server import get_server  # noqa: PLC0415
    folder = Path(tempfile.mkdtemp(prefix="perfsmith-postgres-"))
    try:
        server = get_server(folder)
        yield server
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def restart_postgres(server: Any) -> None:
    """End the server as a crash would, with all its connections, and start it again."""
    from pgserver._commands import pg_ctl  # noqa: PLC0415 - as above

    pg_ctl(["-w", "-m", "immediate", "restart"], pgdata=server.pgdata, user=server.system_user)
