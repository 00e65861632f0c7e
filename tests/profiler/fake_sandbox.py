"""A sandbox of the poorest kind: the layout of a real one, a cleared environment, and no walls."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath

from core.execution import Command, Ending, ExecResult, Layout, Output
from core.problem import Objective, WorkloadSpec
from core.profile import Profile
from core.protocols import Profiler
from profiler.workloads.factory import workload_of


@dataclass(frozen=True, kw_only=True)
class FakeSandbox:
    """Runs commands in a folder of the test."""

    root: Path

    def layout(self, out: str = "out") -> Layout:
        root = PurePosixPath(self.root)
        return Layout(repo=root / "repo", env=PurePosixPath(sys.prefix), tools=root / "tools", out=root / out)

    def write(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            file = self.root / "repo" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def sample(self, workload: str, *, loops: int = 1, objective: Objective = Objective.WALL) -> ExecResult:
        """Run one sample of the workload as a user would write it."""
        timed = workload_of(WorkloadSpec.parse(workload), objective, 120)
        return self.run(lambda layout: timed.command(layout, loops=loops))

    def profile(self, profiler: Profiler, workload: str, *, loops: int = 1) -> Profile | None:
        """One sample under a profiler, which must not make it fail."""
        timed = workload_of(WorkloadSpec.parse(workload), Objective.WALL, 120)
        result = self.run(lambda layout: profiler.command(layout, timed.command(layout, loops=loops)))
        assert result.succeeded, result.failure
        return profiler.read(self.layout(), result)

    def run(self, make: Callable[[Layout], Command]) -> ExecResult:
        """Run the command that `make` makes for a fresh out folder."""
        out = next(folder for n in count() if not (folder := self.root / f"out{n:03}").exists())
        out.mkdir()
        command = make(self.layout(out.name))
        started = time.perf_counter()
        done = subprocess.run(
            command.argv,
            cwd=self.root / "repo",
            env={**_VARIABLES, **command.environment},
            input=command.stdin,
            capture_output=True,
            timeout=command.timeout_seconds,
            check=False,
        )
        return ExecResult(
            ending=Ending.EXITED if done.returncode >= 0 else Ending.SIGNALLED,
            exit_code=done.returncode,
            wall_seconds=time.perf_counter() - started,
            cpu_seconds=0.25,
            peak_memory_bytes=2**20,
            stdout=Output.of(done.stdout),
            stderr=Output.of(done.stderr),
            files={name: (out / name).read_bytes() for name in command.collect if (out / name).is_file()},
        )


_VARIABLES = {
    "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
}
