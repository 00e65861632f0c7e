"""The processes of `perfsmith serve`."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.webui.browsing import workers_of

CHECKOUT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The process that serves all, and it is killed in the end."""
    line = [sys.executable, "-m", "cli.main", "serve", "--port", "0"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            line, cwd=CHECKOUT, env={**os.environ, "PERFSMITH_HOME": str(folder / "home")}, stdout=log, stderr=log
        )
    try:
        wait_until(lambda: bool(workers_of(server.pid)))
        yield server.pid
    finally:
        server.kill()
        server.wait()


def test_a_server_that_is_killed_leaves_no_worker_behind(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        (worker,) = workers_of(server)
    wait_until(lambda: not is_alive(worker))


def test_pages_give_way_to_what_is_measured_beside_them(tmp_path: Path) -> None:
    def politeness(process: int) -> int:
        return os.getpriority(os.PRIO_PROCESS, process)

    with serving(tmp_path) as server:
        (worker,) = workers_of(server)
        wait_until(lambda: politeness(server) > politeness(worker))
        assert politeness(worker) == politeness(os.getpid())
