"""Upgrades an empty database by the migrations and checks that it is what the models say."""

import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """The exit status of `alembic check` on a fresh database."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PERFSMITH_DATABASE_URL": f"sqlite:///{Path(folder) / 'empty.db'}"}
        for command in ("upgrade head", "check"):
            argv = [sys.executable, "-m", "alembic", *command.split()]
            status = subprocess.run(argv, env=environment, check=False).returncode
            if status:
                return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
