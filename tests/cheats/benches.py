"""The bench of a victim: its environment, its original and its checks, as the worker puts them together."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from agent.search import Bench
from core.run import Backends, BackendSpec, Run, RunKind
from core.spend import NO_LIMITS
from tests.cheats.corpus import VICTIMS
from tests.fakes.store import MemoryStore
from worker.assemble import assembled
from worker.job import Job
from worker.problem.configuration import problem_of
from worker.settings import Settings

REVISION = "0" * 40
BUBBLEWRAP = BackendSpec(name="bubblewrap", options={"memory_bytes": 1 << 30, "processes": 128})
"""Limits are low, so that reaching them is quick."""


def docker(base: str) -> BackendSpec:
    """Containers that begin with the image `base`, with the same limits."""
    options = {"base": base, "setup_network": "host", "memory_bytes": 1 << 30, "processes": 128}
    return BackendSpec(name="docker", options=options)


@contextmanager
def bench_of(victim: str, *, home: Path, sandbox: BackendSpec) -> Iterator[Bench]:
    """The open bench of a victim. Environments are kept in `home`, for whoever asks there again."""
    settings = Settings(home=home, database_url="sqlite://")
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, victim)
        shutil.copytree(VICTIMS / victim, tree, ignore=shutil.ignore_patterns("__pycache__"))
        run = _run(tree, victim, sandbox)
        store = MemoryStore()
        store.create(run)
        job = Job(run_id=run.id, store=store, settings=settings, notify=lambda _: None, interrupted=lambda: False)
        with assembled(run, tree, job) as search:
            yield search.bench


def _run(tree: Path, victim: str, sandbox: BackendSpec) -> Run:
    """The run that a user of this victim would ask for."""
    return Run(
        id=f"cheats-{victim}",
        kind=RunKind.OPTIMIZE,
        problem=problem_of(tree, repository=victim, revision=REVISION),
        backends=Backends(sandbox=sandbox, strategy=BackendSpec(name="greedy", options={}), proposers=(), profilers=()),
        budget=NO_LIMITS,
        seed=7,
        created_at=datetime(2026, 11, 25, tzinfo=UTC),
    )
