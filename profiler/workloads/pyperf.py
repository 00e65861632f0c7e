"""A workload that is a pyperf script. The times it would print are no behaviour, so that only its benchmarks' names are."""

from dataclasses import dataclass

from core.errors import ConfigError
from core.execution import Command, ExecResult, Layout
from core.measurement import Costs
from core.problem import WorkloadSpec
from profiler.workloads.sample import costs_of, harness
from profiler.workloads.words import words_of

_GOOD_FORM = "write a pyperf script with its arguments, such as benchmarks/bench.py --size 10"


@dataclass(frozen=True, kw_only=True)
class Pyperf:
    """`script.py [arguments]`; all its benchmarks run in one process, without pyperf's workers and calibration."""

    spec: WorkloadSpec
    timeout_seconds: float

    def __post_init__(self) -> None:
        script = self._words[0]
        if not script.endswith(".py"):
            raise ConfigError(f"{script!r} in {self.spec.target!r} is no Python file; {_GOOD_FORM}")

    @property
    def _words(self) -> tuple[str, ...]:
        return words_of(self.spec.target, _GOOD_FORM)

    def command(self, layout: Layout, *, loops: int) -> Command:
        """Runs every benchmark of the script with `loops` loops and one value, and prints their names."""
        arguments = (str(loops), str(layout.out), *self._words)
        return harness(layout, "pyperf_script.py", *arguments, timeout_seconds=self.timeout_seconds)

    def costs(self, result: ExecResult) -> Costs:
        """As measured from outside."""
        return costs_of(result)
