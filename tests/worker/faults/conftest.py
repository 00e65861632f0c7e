"""A service of real parts that may be killed: PostgreSQL, Redis, workers and the beat, each a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
import pytest

from core.queue import Ticket
from core.run import BackendSpec, RunStatus, RunSummary
from core.spend import NO_LIMITS, Budget
from store.sql import SqlStore
from tests.fakes.postgres import postgres_server
from tests.store.conftest import hours_pass
from tests.store.facts import a_run
from tests.worker.faults.broker import Broker
from tests.worker.faults.endings import WATCH_ENDINGS
from tests.worker.faults.staff import PROGRAM
from tests.worker.faults.stand_in import CANDIDATES, PAUSE
from worker.hand_in import hand_in
from worker.problem.settings import NO_FLAGS
from worker.queueing.app import make_celery, make_nudge
from worker.settings import Settings, read_settings
from worker.submit import Request

PATIENCE_SECONDS = 60
CHECKOUT = Path(__file__).parents[3]
REAL = {PROGRAM: "worker.child"}
"""For a worker: its children are real ones."""
RULES = BackendSpec(name="rules", options={})
ENDED = (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.CANCELLED)


@dataclass(kw_only=True)
class Service:
    """What tests do with it, and what they see."""

    variables: dict[str, str]
    store: SqlStore
    database: str
    logs: Path
    broker: Broker
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return read_settings(self.variables)

    def begin(self, kind: str = "worker", *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start a worker or a beat."""
        log = (self.logs / f"{len(self.processes)}-{kind}.log").open("wb")
        argv = [sys.executable, "-m", "tests.worker.faults.staff", kind, *arguments]
        with log:
            process = subprocess.Popen(
                argv, env={**self.variables, **variables}, stdout=log, stderr=log, cwd=CHECKOUT, start_new_session=True
            )
        self.processes.append(process)
        return process

    def nudge(self, run_ids: Sequence[str]) -> None:
        make_nudge(make_celery(self.settings))(run_ids)

    def hand_in(self, *, nudge: bool = True) -> str:
        run_id = self.store.queue.enqueue(a_run(uuid4().hex[:10]), Ticket())
        if nudge:
            self.nudge([run_id])
        return run_id

    def hand_in_code(
        self,
        repository: Path,
        *,
        sandbox: str = "bubblewrap",
        proposer: BackendSpec = RULES,
        budget: Budget = NO_LIMITS,
    ) -> str:
        """A real run, for workers whose children are real (REAL)."""
        request = Request(
            repository=str(repository),
            flags=NO_FLAGS,
            sandbox=BackendSpec(name=sandbox, options={}),
            strategy=BackendSpec(name="greedy", options={}),
            proposers=(proposer,),
            budget=budget,
        )
        return hand_in(request, Ticket(), store=self.store, settings=self.settings, nudge=self.nudge)

    def minutes_pass(self) -> None:
        """It is long ago that anybody was told of the runs that wait."""
        self.execute("UPDATE runs SET nudged_at = nudged_at - interval '5 minutes'")

    def lease_passes(self, run_id: str) -> None:
        """Nobody has held the run for long, without a wait for it."""
        self.execute(f"UPDATE runs SET lease_until = now() - interval '1 second' WHERE id = '{run_id}'")

    def hours_pass(self, hours: int) -> None:
        """It is so long ago that machines were unable to work on runs."""
        hours_pass(self.store, hours)

    def summary(self, run_id: str) -> RunSummary:
        return self.store.catalogue.summary(run_id)

    def wait_for(self, run_id: str, condition: Callable[[RunSummary], bool]) -> RunSummary:
        """The run once the condition holds."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition(summary := self.summary(run_id)):
            assert time.monotonic() < deadline, f"{summary}\n{self.said()}"
            time.sleep(0.05)
        return summary

    def at(self, run_id: str, stage: str) -> None:
        self.wait_for(run_id, lambda summary: summary.stage == stage)

    def ended(self, run_id: str) -> RunSummary:
        return self.wait_for(run_id, lambda summary: summary.status in ENDED)

    def said(self) -> str:
        """What all processes logged."""
        return "\n".join(f"--- {log.name}\n{log.read_text()}" for log in sorted(self.logs.iterdir()))

    def endings(self, run_id: str) -> int:
        return self._number("SELECT count(*) FROM endings WHERE run_id = %s", run_id)

    def attempts(self, run_id: str) -> int:
        return self._number("SELECT attempts FROM runs WHERE id = %s", run_id)

    def _number(self, query: LiteralString, run_id: str) -> int:
        with psycopg.connect(self.database) as connection:
            row = connection.execute(query, (run_id,)).fetchone()
        return int(row[0]) if row else 0

    def execute(self, statement: str) -> None:
        """Change something behind everybody's back."""
        with psycopg.connect(self.database) as connection:
            connection.execute(statement)

    def assert_whole(self, run_id: str) -> None:
        """It finished, once; no candidate is lost or doubled; the model's answer was paid for once."""
        summary = self.ended(run_id)
        assert summary.status is RunStatus.FINISHED, f"{summary}\n{self.said()}"
        assert self.endings(run_id) == 1
        record = self.store.load(run_id)
        assert [candidate.number for candidate in record.candidates] == list(range(CANDIDATES))
        assert all(candidate.verdict for candidate in record.candidates)
        assert record.asked.dollars == 0.5

    def close(self) -> None:
        for process in self.processes:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL, as the kernel does it when memory runs out."""
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def database(postgres: Any) -> str:
    """A database of its own."""
    name = f"test_{uuid4().hex[:8]}"
    with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return str(postgres.get_uri(database=name))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    folder = tmp_path / "redis"
    folder.mkdir()
    running = Broker(folder)
    yield running
    running.stop()


@pytest.fixture
def service(tmp_path: Path, database: str, broker: Broker) -> Iterator[Service]:
    url = database.replace("postgresql://", "postgresql+psycopg://", 1)
    logs = tmp_path / "logs"
    (tmp_path / "home").mkdir()
    logs.mkdir()
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    variables = {
        **inherited,
        "PERFSMITH_HOME": str(tmp_path / "home"),
        "PERFSMITH_DATABASE_URL": url,
        "PERFSMITH_BROKER_URL": broker.url,
        "PERFSMITH_LEASE_SECONDS": "3",
        "PERFSMITH_RECOVER_SECONDS": "1",
        "PERFSMITH_GRACE_SECONDS": "5",
        PAUSE: "0.4",
    }
    with SqlStore.open(url) as store:
        with psycopg.connect(database) as connection:
            connection.execute(WATCH_ENDINGS)
        made = Service(variables=variables, store=store, database=database, logs=logs, broker=broker)
        yield made
        made.close()
