"""Where benchmarks of verdicts take place: programs of a known cost in twin sandboxes, and others that keep the machine busy."""

import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from agent.decide import decide
from agent.measure import Contest, headline, measure
from agent.search import Repeated
from core import stats
from core.candidate import Evaluation, Verdict
from core.execution import Environment
from core.measurement import Speedup
from core.problem import Objective, Problem, WorkloadSpec, min_speedup_of
from core.protocols import Sandbox, SandboxProvider
from profiler.workloads.factory import workload_of
from sandbox.bubblewrap import Bubblewrap
from worker.tools import tools

LINE = "python work.py"
_BUSY = """
import random, time
while True:
    time.sleep(random.uniform(5, 20))
    end = time.monotonic() + random.uniform(5, 20)
    one, other = bytearray(64 << 20), bytearray(64 << 20)
    while time.monotonic() < end:
        one[:] = other
        other[:] = one
"""
# Plain work of the interpreter: a table that is counted up, sorted and added.
_PROGRAM = """
import random
chance = random.Random(1)
seen = {{}}
for number in range({units}):
    key = chance.getrandbits(12)
    seen[key] = seen.get(key, 0) + number % 7
print(len(seen) > 0, sum(sorted(seen.values())) >= 0)
"""
_TRIALS = 15


def program(units: int) -> str:
    """A program whose work grows with `units`, and whose output does not."""
    return _PROGRAM.format(units=units)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What came of one comparison."""

    verdict: Verdict
    speedup: Speedup | None
    log_ratios: tuple[float, ...]
    seconds: float
    age_seconds: float
    """How long ago the original's sandbox was opened and first measured."""

    @property
    def accepted(self) -> bool:
        """Whether it was taken for faster."""
        return self.verdict is Verdict.ACCEPTED


@dataclass
class Arena:
    """A built environment, the original's open sandbox, and candidates of any cost beside it."""

    provider: SandboxProvider
    environment: Environment
    original: Sandbox
    units: int
    """Of the original."""
    startup_seconds: float
    unit_seconds: float
    objective: Objective
    opened: float = field(default_factory=time.monotonic)

    def units_for(self, speedup: float) -> int:
        """What a candidate must do that is so much faster than the original, start-up included."""
        wanted = (self.startup_seconds + self.units * self.unit_seconds) / speedup
        return round((wanted - self.startup_seconds) / self.unit_seconds)

    def compare(self, units: int, *, plan: stats.Plan = stats.SEARCH, seed: str = "") -> Compared:
        """The original against a candidate of `units`, as the search compares them."""
        with self.provider.open(self.environment, {"work.py": program(units)}) as candidate:
            return self.against(candidate, plan=plan, seed=seed)

    def against(self, candidate: Sandbox, *, plan: stats.Plan, seed: str) -> Compared:
        """The original against an open sandbox."""
        started, problem = time.monotonic(), self.problem
        workload = workload_of(problem.workloads[0], self.objective, problem.timeout_seconds)
        contest = Contest(
            problem=problem,
            original=self.original,
            candidate=candidate,
            workloads=(Repeated(workload=workload, loops=1),),
            plan=plan,
            threshold=problem.min_speedup,
        )
        timings = measure(contest, seed=seed or str(random.random()), on_pair=lambda *_: None)
        decision = decide(Evaluation(timings=timings), problem, plan)
        return Compared(
            verdict=decision.verdict,
            speedup=decision.speedup,
            log_ratios=tuple(headline(timings, self.objective)),
            seconds=time.monotonic() - started,
            age_seconds=started - self.opened,
        )

    @property
    def problem(self) -> Problem:
        """The problem that the programs stand for."""
        return Problem(
            repository="arena",
            revision="0" * 40,
            editable=("*.py",),
            setup=(),
            tests="true",
            workloads=(WorkloadSpec.parse(LINE),),
            objective=self.objective,
            min_speedup=min_speedup_of(self.objective),
        )


@contextmanager
def arena(seconds: float, *, objective: Objective = Objective.WALL, cores: str = "") -> Iterator[Arena]:
    """Twin sandboxes under bubblewrap, the original's program as long as `seconds` on this machine, measured now."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tree").mkdir()
        (folder / "tree" / "work.py").write_text(program(0))
        provider = Bubblewrap(cache=folder / "cache", scratch=folder / "scratch", tools=tools(), cores=cores)
        environment = provider.prepare(folder / "tree", (), timeout_seconds=120)
        startup, unit_seconds = _costs(provider, environment)
        units = round((seconds - startup) / unit_seconds)
        with provider.open(environment, {"work.py": program(units)}) as original:
            yield Arena(
                provider=provider,
                environment=environment,
                original=original,
                units=units,
                startup_seconds=startup,
                unit_seconds=unit_seconds,
                objective=objective,
            )


def _costs(provider: SandboxProvider, environment: Environment) -> tuple[float, float]:
    """Seconds that an empty program takes, and each unit of work."""
    many = 200_000
    workload = workload_of(WorkloadSpec.parse(LINE), Objective.WALL, 60)
    seen: dict[int, list[float]] = {0: [], many: []}
    with (
        provider.open(environment, {}) as empty,
        provider.open(environment, {"work.py": program(many)}) as full,
    ):
        for _ in range(_TRIALS):
            for units, sandbox in ((0, empty), (many, full)):
                seen[units].append(sandbox.run(workload.command(sandbox.layout, loops=1)).wall_seconds)
    # The floor of both: what other programs add is no cost of this one.
    startup = min(seen[0])
    return startup, (min(seen[many]) - startup) / many


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """So many other programs, each of which shovels memory in random spells of 5 to 20 seconds."""
    started = [subprocess.Popen([sys.executable, "-c", _BUSY]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def machine() -> str:
    """The machine and the date, for the head of a table."""
    day = datetime.now(UTC).date().isoformat()
    return (
        f"{day}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )
