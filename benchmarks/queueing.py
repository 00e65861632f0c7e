"""A thousand small runs over two workers, of which one is killed every twenty seconds: each run has to end exactly once.

PostgreSQL and Redis are real, and so are the workers, the beat and a child process for each run. A small run is one that
measures nothing: `tests/worker/faults/stand_in.py` goes through the stages, proposes two candidates, pays for one answer of a
model and gives both their verdict. What is counted is therefore what the queue costs. That a run has ended is counted by a
trigger in the database.

    python -m benchmarks.queueing [--runs N] [--kill-every SECONDS]
"""

import argparse
import itertools
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

import psycopg
from rich.console import Console
from rich.table import Table

from core.queue import Ticket
from store.sql import SqlStore
from tests.fakes.postgres import postgres_server
from tests.store.facts import a_run
from tests.worker.faults.broker import Broker
from tests.worker.faults.endings import WATCH_ENDINGS
from tests.worker.faults.stand_in import PAUSE
from worker.queueing.app import make_celery, make_nudge
from worker.settings import read_settings

WORKERS = 2
SLOTS = 2
OWNERS = 10
CHECKOUT = Path(__file__).parents[1]
LOOK_SECONDS = 1.0
Begin = Callable[[], "subprocess.Popen[bytes]"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of all runs."""

    seconds: float
    kills: int
    by_status: Mapping[str, int]
    by_endings: Mapping[int, int]
    """How many runs have ended how often."""
    by_attempts: Mapping[int, int]
    candidates: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--kill-every", type=float, default=20.0, help="seconds between two kills")
    arguments = parser.parse_args()
    with service() as (variables, database):
        outcome = measure(arguments.runs, arguments.kill_every, variables, database)
    show(arguments.runs, outcome)
    return 0 if outcome.by_endings == {1: arguments.runs} else 1


@contextmanager
def service() -> Iterator[tuple[dict[str, str], str]]:
    with tempfile.TemporaryDirectory() as folder, postgres_server() as postgres:
        home, redis = Path(folder) / "home", Path(folder) / "redis"
        home.mkdir()
        redis.mkdir()
        broker = Broker(redis)
        database = str(postgres.get_uri())
        yield (
            {
                **os.environ,
                "PERFSMITH_HOME": str(home),
                "PERFSMITH_DATABASE_URL": database.replace("postgresql://", "postgresql+psycopg://", 1),
                "PERFSMITH_BROKER_URL": broker.url,
                PAUSE: "0",
            },
            database,
        )
        broker.stop()


def measure(runs: int, kill_every: float, variables: dict[str, str], database: str) -> Outcome:
    settings = read_settings(variables)
    with SqlStore.open(settings.database_url) as store:
        with psycopg.connect(database) as connection:
            connection.execute(WATCH_ENDINGS)
        nudge = make_nudge(make_celery(settings))
        for number in range(runs):
            nudge([store.queue.enqueue(a_run(uuid4().hex[:10]), Ticket(owner=f"owner {number % OWNERS}"))])
    with tempfile.TemporaryFile() as log:
        started = time.monotonic()
        beat = begin(("beat",), variables, log.fileno())
        worker = partial(begin, ("worker", str(SLOTS)), variables, log.fileno())
        workers = [worker() for _ in range(WORKERS)]
        kills = kill_until_done(runs, kill_every, workers, worker, database)
        seconds = time.monotonic() - started
        for process in (beat, *workers):
            process.send_signal(signal.SIGTERM)
        for process in (beat, *workers):
            process.wait()
    return outcome_of(database, seconds, kills)


def begin(arguments: Sequence[str], variables: dict[str, str], log: int) -> "subprocess.Popen[bytes]":
    argv = [sys.executable, "-m", "tests.worker.faults.staff", *arguments]
    return subprocess.Popen(argv, env=variables, cwd=CHECKOUT, stdout=log, stderr=log)


def kill_until_done(
    runs: int, kill_every: float, workers: "list[subprocess.Popen[bytes]]", again: Begin, database: str
) -> int:
    killed_at = time.monotonic()
    with psycopg.connect(database, autocommit=True) as connection:
        for victim in itertools.count():
            while time.monotonic() - killed_at < kill_every:
                time.sleep(LOOK_SECONDS)
                row = connection.execute("SELECT count(DISTINCT run_id) FROM endings").fetchone()
                ended = row[0] if row else 0
                if ended >= runs:
                    return victim
            print(f"{ended} of {runs} runs have ended; worker {victim % WORKERS + 1} is killed", flush=True)
            workers[victim % WORKERS].kill()
            workers[victim % WORKERS].wait()
            workers[victim % WORKERS] = again()
            killed_at = time.monotonic()
    raise AssertionError("counting has no end")


def outcome_of(database: str, seconds: float, kills: int) -> Outcome:
    endings = "SELECT n, count(*) FROM (SELECT count(e.run_id) AS n FROM runs r LEFT JOIN endings e ON e.run_id = r.id GROUP BY r.id) c GROUP BY n"
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT count(*) FROM candidates").fetchone()
        return Outcome(
            seconds=seconds,
            kills=kills,
            by_status=dict(connection.execute("SELECT status, count(*) FROM runs GROUP BY status").fetchall()),
            by_endings=dict(connection.execute(endings).fetchall()),
            by_attempts=dict(connection.execute("SELECT attempts, count(*) FROM runs GROUP BY attempts").fetchall()),
            candidates=row[0] if row else 0,
        )


def show(runs: int, outcome: Outcome) -> None:
    table = Table(
        "what", "count", title=f"{runs} small runs, {WORKERS} workers of {SLOTS} slots, {platform.platform()}"
    )
    for status, count in sorted(outcome.by_status.items()):
        table.add_row(f"runs {status}", str(count))
    for times, count in sorted(outcome.by_endings.items()):
        table.add_row(f"runs that ended {times} times", str(count))
    for attempts, count in sorted(outcome.by_attempts.items()):
        table.add_row(f"runs that took {attempts} attempts", str(count))
    table.add_row("candidates, two a run", str(outcome.candidates))
    table.add_row("workers killed", str(outcome.kills))
    table.add_row("seconds", f"{outcome.seconds:.0f}")
    table.add_row("runs a second", f"{runs / outcome.seconds:.2f}")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
