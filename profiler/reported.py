"""A cost that the workload itself measures and prints: a latency, a loss, bytes sent. Only as honest as the workload is."""

import json
import math
from dataclasses import dataclass, replace

from core.errors import ConfigError, UnsteadyError
from core.execution import Command, ExecResult, Layout
from core.measurement import Costs
from core.problem import WorkloadKind, WorkloadSpec
from core.protocols import Workload

_COST = "cost.json"


@dataclass(frozen=True, kw_only=True)
class Reported:
    """Another workload, whose last line of output is its cost: a JSON number, or an object with a number called `cost`."""

    workload: Workload

    def __post_init__(self) -> None:
        if self.spec.kind is not WorkloadKind.COMMAND:
            message = (
                f"the objective 'reported' needs a command that prints its cost as its last line, and {self.spec} is none; "
                "write a shell line such as 'python bench.py', or choose wall, cpu, memory or instructions"
            )
            raise ConfigError(message)

    @property
    def spec(self) -> WorkloadSpec:
        """That of the workload."""
        return self.workload.spec

    def command(self, layout: Layout, *, loops: int) -> Command:
        """The workload's command, with the last line of its output in a collected file."""
        inner = self.workload.command(layout, loops=loops)
        harness = str(layout.tools / "profiler" / "reported.py")
        argv = (layout.python, "-I", harness, str(layout.out), *inner.argv)
        return replace(inner, argv=argv, collect=(*inner.collect, _COST))

    def costs(self, result: ExecResult) -> Costs:
        """The workload's costs and what it reported; UnsteadyError when that is no positive number."""
        said = result.files.get(_COST, b"")
        try:
            number = json.loads(said)
            reported = float(number) if type(number) in {int, float} else math.nan
        except (ValueError, OverflowError, RecursionError):
            reported = math.nan
        if not 0 < reported < math.inf:
            raise UnsteadyError(f"a sample of {self.spec} left no cost in {_COST}: {said[:40]!r}")
        return replace(self.workload.costs(result), reported=reported)
