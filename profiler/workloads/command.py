"""A workload that is a shell line; what it prints is its behaviour."""

from dataclasses import dataclass

from core.errors import ConfigError
from core.execution import Command as Execution
from core.execution import ExecResult, Layout, shell
from core.measurement import Costs
from core.problem import WorkloadSpec
from profiler.workloads.sample import costs_of

# The line is an argument, so that nothing in it (a comment, a quote, `exit`, a variable) can reach the loop.
_LOOP = 'i=0; while [ "$i" -lt "$1" ]; do /bin/sh -c "$2" || exit; i=$((i+1)); done'


@dataclass(frozen=True, kw_only=True)
class Command:
    """A line for /bin/sh."""

    spec: WorkloadSpec
    timeout_seconds: float

    def __post_init__(self) -> None:
        if not self.spec.target.strip():
            raise ConfigError("a command workload is empty; write a shell line such as 'python bench.py'")

    def command(self, layout: Layout, *, loops: int) -> Execution:  # noqa: ARG002 - a line runs in the checkout as it is
        """The line itself, or a loop over it that ends at the first failure with the line's exit status."""
        line = self.spec.target
        if loops == 1:
            return shell(line, timeout_seconds=self.timeout_seconds)
        argv = ("/bin/sh", "-c", _LOOP, "sh", str(loops), line)
        return Execution(argv=argv, timeout_seconds=self.timeout_seconds)

    def costs(self, result: ExecResult) -> Costs:
        """As measured from outside."""
        return costs_of(result)
