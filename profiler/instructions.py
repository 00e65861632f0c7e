"""Counts a workload's instructions with valgrind: a cost that does not depend on how busy the machine is.

Cachegrind without its cache simulation is the fastest of valgrind's tools that count; its counts repeat exactly when the
hash seed is fixed (a program under valgrind has the same addresses every time). A process that replaces itself (exec) is
counted from there on, which is noticed, and a forked child together with what its parent did before the fork.
"""

import re
import shutil
from dataclasses import dataclass, replace

from core.errors import ConfigError, SandboxError
from core.execution import Command, ExecResult, Layout
from core.measurement import Costs
from core.problem import WorkloadSpec
from core.protocols import Workload

_COUNT = "instructions.txt"


COUNTING_SLOWDOWN = 50
"""About how much longer a sample takes while its instructions are counted."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Another workload under valgrind, about 50 times slower."""

    workload: Workload

    def __post_init__(self) -> None:
        if shutil.which("valgrind") is None:
            message = (
                "the objective 'instructions' needs valgrind, which is not on PATH; install it (apt-get install valgrind) "
                "or choose wall, cpu or memory"
            )
            raise ConfigError(message)

    @property
    def spec(self) -> WorkloadSpec:
        """That of the workload."""
        return self.workload.spec

    def command(self, layout: Layout, *, loops: int) -> Command:
        """The workload's command, with the instructions of its whole tree added up in a collected file."""
        inner = self.workload.command(layout, loops=loops)
        harness = str(layout.tools / "profiler" / "instructions.py")
        argv = (layout.python, "-I", harness, str(layout.out), *inner.argv)
        return replace(inner, argv=argv, collect=(*inner.collect, _COUNT))

    def costs(self, result: ExecResult) -> Costs:
        """The workload's costs (under valgrind) and its instructions; SandboxError when the count is missing."""
        said = result.files.get(_COUNT, b"").strip()
        counts = re.fullmatch(rb"([0-9]{1,18}) ([0-9]{1,9})", said)
        if counts is None:
            raise SandboxError(f"a successful sample of {self.spec} left no count in {_COUNT}: {said[:40]!r}")
        return replace(self.workload.costs(result), instructions=int(counts[1]), uncounted=int(counts[2]))
