"""A workload that is an asv benchmark; what it returns is its behaviour."""

import re
from dataclasses import dataclass

from core.errors import ConfigError
from core.execution import Command, ExecResult, Layout
from core.measurement import Costs
from core.problem import WorkloadSpec
from profiler.workloads.sample import costs_of, harness

_TARGET = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\.(time|peakmem)_\w+")


@dataclass(frozen=True, kw_only=True)
class Asv:
    """`module.Class.time_method` or `module.time_function` as in asv; asv itself is not needed."""

    spec: WorkloadSpec
    timeout_seconds: float

    def __post_init__(self) -> None:
        if not _TARGET.fullmatch(self.spec.target):
            message = (
                f"{self.spec.target!r} is no asv benchmark that can be timed; write module.Class.time_method or "
                "module.time_function (or peakmem_…), counted from the benchmarks folder"
            )
            raise ConfigError(message)

    def command(self, layout: Layout, *, loops: int) -> Command:
        """Runs the benchmark `loops` times for each combination of its parameters, and prints a digest for each."""
        return harness(layout, "asv_benchmark.py", self.spec.target, str(loops), timeout_seconds=self.timeout_seconds)

    def costs(self, result: ExecResult) -> Costs:
        """As measured from outside."""
        return costs_of(result)
