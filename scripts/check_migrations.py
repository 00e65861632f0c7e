"""Upgrades empty databases by the migrations and checks that they are what the models say: SQLite and PostgreSQL."""

import subprocess
import sys
import tempfile
import warnings
from pathlib import Path


def main() -> int:
    """The exit status of `alembic check` on fresh databases."""
    with tempfile.TemporaryDirectory() as folder:
        return check(f"sqlite:///{Path(folder) / 'empty.db'}") or check_postgresql(Path(folder) / "postgresql")


def check(url: str) -> int:
    """The exit status on one of them."""
    print(url.partition(":")[0], flush=True)
    for command in ("upgrade head", "check"):
        argv = [sys.executable, "-m", "alembic", *command.split()]
        status = subprocess.run(argv, env={"PERFSMITH_DATABASE_URL": url}, check=False).returncode
        if status:
            return status
    return 0


def check_postgresql(folder: Path) -> int:
    """The exit status on a server of its own; 0 where no server can be had."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders for sockets that it does without
        try:
            from pgserver.postgres_server import get_server  # noqa: PLC0415 not for every system
        except ImportError as error:
            print(f"PostgreSQL was not checked: {error}")
            return 0
    with get_server(folder, cleanup_mode="delete") as server:
        return check(server.get_uri().replace("postgresql:", "postgresql+psycopg:", 1))


if __name__ == "__main__":
    sys.exit(main())
