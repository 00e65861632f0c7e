"""How fast the API answers while many runs are stored: lists of runs, a run, its candidates, its patch.

A PostgreSQL of its own is filled with runs of 20 candidates each, and `perfsmith api` answers from it in a process of its
own, asked for a token each time. This process asks: over one connection, which tells how long an answer takes, and over
several, which tells how many answers there are in a second. Which run is asked for is random.

    python -m benchmarks.api [--runs N ...] [--seconds S] [--connections N]

With several numbers of runs, each has a database and an API of its own, and they are asked in turn, so that a slow spell of
the machine hits all of them: what does not grow with the tables takes as long in each.
"""

import argparse
import http.client
import json
import math
import os
import platform
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from core.access import Scope
from store.rows import run_row
from store.sql import SqlStore
from store.tables import RunRow
from tests.fakes.postgres import add_database, forgetful_postgres
from tests.store.facts import a_run
from worker.tokens import mint

CANDIDATES, CALLS, PAIRS = 20, 10, 20
PAGE = 50
"""As many runs has each owner, each repository, and a page of a list."""
FILL = (
    f"""INSERT INTO candidates (run_id, number, parent, patch, rationale, direction, proposer, problem, spent_candidates,
        spent_tokens, spent_dollars, spent_seconds)
    SELECT runs.id, n, CASE WHEN n > 0 THEN 0 END, repeat(md5(runs.id || n), 30), repeat(md5(runs.id), 8), 'set', 'rules', '',
        0, 0, 0, 1 FROM runs, generate_series(0, {CANDIDATES - 1}) n""",
    """INSERT INTO evaluations (run_id, number, kind, seconds, verdict, reason, speedup, speedup_low, speedup_high, by_workload)
    SELECT run_id, number, 'search', 20, CASE number WHEN 0 THEN 'baseline' WHEN 1 THEN 'accepted' ELSE 'not faster' END,
        'measured', 1.1, 1, 1.2, '{"format": 2, "speedups": []}' FROM candidates""",
    """INSERT INTO evaluations (run_id, number, kind, seconds, verdict, reason, speedup, speedup_low, speedup_high, by_workload)
    SELECT id, 1, 'confirmation', 20, 'confirmed', 'measured', speedup, speedup, speedup, '{"format": 2, "speedups": []}'
        FROM runs""",
    """INSERT INTO timings (evaluation_id, position, workload, loops)
    SELECT id, 0, 'main', 3 FROM evaluations WHERE kind = 'confirmation'""",
    f"""INSERT INTO samples (evaluation_id, timing, pair, side, taken_first, wall_seconds, cpu_seconds, memory_bytes)
    SELECT evaluation_id, 0, pair, side, side = 'original', random(), random(), 1 << 20
        FROM timings, generate_series(1, {PAIRS}) pair, unnest(ARRAY['original', 'candidate']) side""",
    f"""INSERT INTO model_calls (run_id, key, candidate, purpose, model, prompt, answer, error, input_tokens, output_tokens,
        dollars, seconds, asked_at)
    SELECT id, n, n, 'edit', 'm', '', '', '', 700, 90, 0.01, 3, created_at FROM runs, generate_series(1, {CALLS}) n""",
    """INSERT INTO transcripts (run_id, key, packed)
    SELECT run_id, key, convert_to(repeat(md5(run_id || key), 20), 'UTF8') FROM model_calls""",
)
"""For each run: candidates of which one is confirmed by pairs of samples, and questions to a model."""
REQUESTS_PER_MINUTE = 10_000_000
WARMING_SECONDS = 2.0
SHARES = (50, 95, 99)
CHECKOUT = Path(__file__).parents[1]
Ask = Callable[[str], bytes]
"""Asks for a path over a connection that stays open."""
Connect = Callable[[], AbstractContextManager[Ask]]


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A database with runs, and the secret of a token that may look at them."""

    url: str
    ids: tuple[str, ...]
    secret: str


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running API."""

    filled: Filled
    port: int
    process: int

    @property
    def connect(self) -> Connect:
        """Makes connections to it."""
        return partial(connection, self.port, self.filled.secret)

    @property
    def cpu_seconds(self) -> float:
        """What it has taken of the processors; its database's processes are not counted."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Load:
    """Answers over some connections in some time."""

    seconds: float
    took: tuple[float, ...]
    """The seconds of each answer, in order of size."""

    def milliseconds(self, share: int) -> float:
        """That share of the answers, in percent, took no longer. One of the times seen, never a guess beyond them."""
        return 1000 * self.took[math.ceil(len(self.took) * share / 100) - 1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, nargs="+", default=[100, 10_000])
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each kind of request is sent")
    parser.add_argument("--connections", type=int, default=8)
    given = parser.parse_args()
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} processors")
    with forgetful_postgres() as postgres, ExitStack() as running:
        filled = [fill(add_database(postgres, f"runs_{count}"), count) for count in given.runs]
        servers = [running.enter_context(api(each)) for each in filled]
        measure(servers, given.seconds, given.connections)


def fill(url: str, count: int) -> Filled:
    started = time.monotonic()
    ids = tuple(f"{number * 2654435761 % 2**32:08x}" for number in range(count))
    minted = mint("reader", Scope.READ, expires_in=None, requests_per_minute=REQUESTS_PER_MINUTE)
    with SqlStore.open(url) as store:
        store.keyring.add(minted.token)
        with store.engine.begin() as connected:
            connected.execute(insert(RunRow), [_run(number, run_id) for number, run_id in enumerate(ids)])
            for statement in FILL:
                connected.exec_driver_sql(statement)
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connected:
            connected.exec_driver_sql("VACUUM ANALYZE")
    print(f"{count:,} runs stored in {time.monotonic() - started:.0f} s", flush=True)
    return Filled(url=url, ids=ids, secret=minted.secret)


def _run(number: int, run_id: str) -> dict[str, Any]:
    run = run_row(a_run(run_id, minutes=number))
    speedup = random.Random(number).uniform(1, 9)
    return {
        **run,
        "status": "finished",
        "queued_at": run["created_at"],
        "started_at": run["created_at"],
        "ended_at": run["created_at"],
        "owner": f"owner {number // PAGE}",
        "repository": f"https://example.org/{_library(number)}.git",
        "name": _library(number),
        "speedup": speedup,
        "speedup_low": speedup,
        "speedup_high": speedup,
    }


def _library(number: int) -> str:
    return f"library{number // PAGE:06}"


@contextmanager
def api(filled: Filled) -> Iterator[Server]:
    """A running API, which writes its log to a file as it would for a container."""
    with tempfile.TemporaryDirectory() as home, Path(home, "log").open("wb") as log:
        port = _free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "api", "--port", str(port)],
            env={**os.environ, "PERFSMITH_HOME": home, "PERFSMITH_DATABASE_URL": filled.url},
            cwd=CHECKOUT,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_until_ready(process, port, Path(home, "log"))
            yield Server(filled=filled, port=port, process=process.pid)
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError:
            time.sleep(0.2)
        else:
            return
    sys.exit(f"the API ended with {process.returncode}:\n{log.read_text()}")


@contextmanager
def connection(port: int, secret: str) -> Iterator[Ask]:
    connected = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(path: str) -> bytes:
        connected.request("GET", path, headers={"Authorization": f"Bearer {secret}"})
        response = connected.getresponse()
        body = response.read()
        if response.status != http.HTTPStatus.OK:
            raise SystemExit(f"{path} was answered with {response.status}: {body[:500]!r}")
        return body

    yield ask
    connected.close()


def measure(servers: Sequence[Server], seconds: float, connections: int) -> None:
    columns = "".join(f" p{share}, ms |" for share in SHARES)
    print(f"\n| request | kB | runs | connections | answers |{columns} requests/s | CPU of the API, ms |")
    print("| --- | --- | --- | --- | --- |" + " --- |" * (len(SHARES) + 2))
    kinds = [requests(server) for server in servers]
    for name in kinds[0]:
        for server, its in zip(servers, kinds, strict=True):
            load(server.connect, its[name], WARMING_SECONDS, connections)
        for count in (1, connections):
            for server, its in zip(servers, kinds, strict=True):
                measure_one(server, name, its[name], seconds, count)


def measure_one(server: Server, name: str, kind: Callable[[], str], seconds: float, connections: int) -> None:
    with server.connect() as ask:
        size = len(ask(kind())) / 1000
    before = server.cpu_seconds
    found = load(server.connect, kind, seconds, connections)
    cpu = 1000 * (server.cpu_seconds - before) / len(found.took)
    who = f"| {name} | {size:.1f} | {len(server.filled.ids):,} | {connections} | {len(found.took)} |"
    shares = "".join(f" {found.milliseconds(share):.1f} |" for share in SHARES)
    print(f"{who}{shares} {len(found.took) / found.seconds:.0f} | {cpu:.1f} |", flush=True)


def requests(server: Server) -> Mapping[str, Callable[[], str]]:
    """What is asked for: each call makes the path of another request."""
    runs, chance, ids = "/api/v1/runs", random.Random(1), server.filled.ids
    with server.connect() as ask:
        middle = cursor_of_the_middle(len(ids), ask)

    def some() -> str:
        return f"{runs}/{chance.choice(ids)}"

    return {
        f"the {PAGE} newest runs": lambda: runs,
        f"{PAGE} runs in the middle of the list": lambda: f"{runs}?after={middle}",
        f"the {PAGE} fastest runs": lambda: f"{runs}?order=fastest",
        f"the {PAGE} runs of an owner": lambda: f"{runs}?owner=owner%20{chance.randrange(len(ids) // PAGE)}",
        f"the {PAGE} runs of a repository's name": lambda: f"{runs}?name={_library(chance.randrange(len(ids)))}",
        "a run": some,
        f"its {CANDIDATES} candidates": lambda: f"{some()}/candidates",
        f"a candidate with {2 * PAIRS} samples": lambda: f"{some()}/candidates/1",
        "the patch": lambda: f"{some()}/patch",
    }


def cursor_of_the_middle(count: int, ask: Ask) -> str:
    after, seen = "", 0
    while seen < count // 2:
        page = json.loads(ask(f"/api/v1/runs?limit={min(500, count // 2)}&after={after}"))
        after, seen = page["after"], seen + len(page["runs"])
    return after


def load(connect: Connect, kind: Callable[[], str], seconds: float, connections: int) -> Load:
    """Ask without a pause over that many connections."""
    started = time.monotonic()
    with ThreadPoolExecutor(connections) as pool:
        asked = [pool.submit(_ask_until, started + seconds, connect, kind) for _ in range(connections)]
        took = sorted(each for future in asked for each in future.result())
    return Load(seconds=time.monotonic() - started, took=tuple(took))


def _ask_until(end: float, connect: Connect, kind: Callable[[], str]) -> list[float]:
    took: list[float] = []
    with connect() as ask:
        while not took or time.monotonic() < end:
            started = time.perf_counter()
            ask(kind())
            took.append(time.perf_counter() - started)
    return took


if __name__ == "__main__":
    main()
