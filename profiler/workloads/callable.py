"""A workload that is a Python function called without arguments; its last result is its behaviour."""

import re
from dataclasses import dataclass

from core.errors import ConfigError
from core.execution import Command, ExecResult, Layout
from core.measurement import Costs
from core.problem import WorkloadSpec
from profiler.workloads.sample import costs_of, harness

_DOTTED = r"[^\W\d]\w*(\.[^\W\d]\w*)*"
_TARGET = re.compile(f"{_DOTTED}:{_DOTTED}")


@dataclass(frozen=True, kw_only=True)
class Callable:
    """`module:function`, imported with the repository's root on the path."""

    spec: WorkloadSpec
    timeout_seconds: float
    apart: bool = False
    """Whether each call has a process of its own, forked from one in which the module is imported and nothing was called."""

    def __post_init__(self) -> None:
        if not _TARGET.fullmatch(self.spec.target):
            message = f"{self.spec.target!r} is no callable; write module:function, such as package.bench:main or bench:Suite.run"
            raise ConfigError(message)

    def command(self, layout: Layout, *, loops: int) -> Command:
        """Calls the function `loops` times and prints the digest of its last result."""
        way = "apart" if self.apart else "together"
        return harness(layout, "calls.py", self.spec.target, str(loops), way, timeout_seconds=self.timeout_seconds)

    def costs(self, result: ExecResult) -> Costs:
        """As measured from outside."""
        return costs_of(result)
