"""What evaluating a candidate costs beyond the tests and the timed samples themselves.

    python benchmarks/overhead.py

Evaluates one candidate of a small repository with a workload of about half a second and 20 pairs, in the default sandbox,
and prints the wall time of the evaluation, the time inside tests and timed samples, and their ratio (target: <= 1.15).
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.evaluate import evaluate
from agent.search import Bench
from core import patch as patches
from core.candidate import Proposal
from core.execution import Command, Environment, ExecResult, Layout
from core.health import Finding
from core.protocols import Sandbox, SandboxProvider
from core.run import BackendSpec
from core.stats import Plan
from store.sql import SqlStore
from worker.assemble import assembled
from worker.job import Job
from worker.problem.settings import Flags
from worker.settings import read_settings
from worker.submit import Request, submit

PAIRS = 20
TARGET = 1.15
FILES = {
    "work.py": "def total(n):\n    result = 0\n    for i in range(n):\n        result += i % 7\n    return result\n",
    "workload.py": "from work import total\n\nprint(total(20_000_000))\n",
    "tests/test_work.py": "from work import total\n\n\ndef test_total():\n    assert total(8) == 21\n",
    "perfsmith.toml": (
        'editable = ["work.py"]\ntests = "python -m pytest -q -p no:cacheprovider tests"\n'
        'workload = "python workload.py"\nsetup = ["python -m pip install -q pytest"]\n'
    ),
}


@dataclass
class Clocked:
    """A sandbox that adds up the time its tests took."""

    inner: Sandbox
    seconds: list[float]

    @property
    def layout(self) -> Layout:
        return self.inner.layout

    def run(self, command: Command) -> ExecResult:
        result = self.inner.run(command)
        if "PYTEST_ADDOPTS" in command.environment:
            self.seconds.append(result.wall_seconds)
        return result


@dataclass
class ClockedProvider:
    """Opens clocked sandboxes."""

    inner: SandboxProvider
    seconds: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.inner.name

    def prepare(self, tree: Path, setup: Sequence[str], *, timeout_seconds: float) -> Environment:
        return self.inner.prepare(tree, setup, timeout_seconds=timeout_seconds)

    def examine(self) -> Sequence[Finding]:
        return self.inner.examine()

    @contextmanager
    def open(self, environment: Environment, changes: Mapping[str, str | None]) -> Iterator[Clocked]:
        with self.inner.open(environment, changes) as sandbox:
            yield Clocked(inner=sandbox, seconds=self.seconds)


def make_repository(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
    for command in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-q", "-m", "bench")):
        subprocess.run(["git", *command], cwd=folder, check=True)


def measured(bench: Bench) -> tuple[float, float, float]:
    """Wall seconds of one evaluation, seconds inside its tests, and seconds inside its timed samples."""
    provider = ClockedProvider(bench.provider)
    bench = replace(bench, provider=provider)
    text = FILES["work.py"]
    patch = patches.diff({"work.py": text}, {"work.py": text.replace("result", "amount")})
    proposal = Proposal(patch=patch, rationale="", direction="", proposer="benchmark")
    started = time.perf_counter()
    evaluation = evaluate(proposal, bench, number=1, plan=Plan(looks=(PAIRS,), alphas=(0.05,)))
    wall = time.perf_counter() - started
    if evaluation.failure is not None:
        sys.exit(f"the candidate failed: {evaluation.failure.reason}")
    pairs = [pair for timing in evaluation.timings for pair in timing.pairs]
    return wall, sum(provider.seconds), sum(pair.original.wall_seconds + pair.candidate.wall_seconds for pair in pairs)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        repository, home = Path(folder, "repository"), Path(folder, "home")
        repository.mkdir()
        home.mkdir()
        make_repository(repository)
        settings = read_settings({"PERFSMITH_HOME": str(home)})
        with SqlStore.open(settings.database_url) as store:
            request = Request(
                repository=str(repository),
                flags=Flags(),
                sandbox=BackendSpec(name="bubblewrap", options={}),
                strategy=BackendSpec(name="greedy", options={}),
                patch="--- a/work.py\n+++ b/work.py\n",
            )
            run = submit(request, store=store, settings=settings)
            job = Job(run_id=run.id, store=store, settings=settings, notify=lambda _: None, interrupted=lambda: False)
            with assembled(run, settings.workspace(run.id) / "tree", job) as search:
                wall, tests, samples = measured(search.bench)
    ratio = wall / (tests + samples)
    print(f"evaluation {wall:.2f} s: tests {tests:.2f} s, {2 * PAIRS} timed samples {samples:.2f} s")
    print(f"ratio {ratio:.3f} (target: at most {TARGET})")


if __name__ == "__main__":
    main()
