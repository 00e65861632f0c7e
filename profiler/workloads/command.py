"""A workload that is a shell line; what it prints is its behaviour."""

from dataclasses import dataclass

from core.errors import ConfigError
from core.execution import Command as Execution
from core.execution import ExecResult, Layout, shell
from core.measurement import Costs
from core.problem import WorkloadSpec
from profiler.workloads.sample import costs_of


@dataclass(frozen=True, kw_only=True)
class Command:
    """A line for /bin/sh."""

    spec: WorkloadSpec
    timeout_seconds: float

    def __post_init__(self) -> None:
        if not self.spec.target.strip():
            raise ConfigError("a command workload is empty; write a shell line such as 'python bench.py'")

    def command(self, layout: Layout, *, loops: int) -> Execution:  # noqa: ARG002 - a line runs in the checkout as it is
        """The line, once: what it leaves on the disk would save a second run in the same sample its work."""
        if loops != 1:
            raise AssertionError(f"a command runs once in a sample, not {loops} times")
        return shell(self.spec.target, timeout_seconds=self.timeout_seconds)

    def costs(self, result: ExecResult) -> Costs:
        """As measured from outside."""
        return costs_of(result)
