"""A real PostgreSQL server for tests, in a folder of its own."""

import warnings
from pathlib import Path
from typing import Any


def start_postgres(folder: Path) -> Any:
    """The running server; `get_uri(database=…)` leads to it, `cleanup()` ends it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders for sockets that it does without
        from pgserver.postgres_server import get_server  # noqa: PLC0415

        return get_server(folder)
