"""A workload that is one or more tests with pytest-benchmark's `benchmark` fixture; their results are its behaviour."""

from dataclasses import dataclass

from core.errors import ConfigError
from core.execution import Command, ExecResult, Layout
from core.measurement import Costs
from core.problem import WorkloadSpec
from profiler.workloads.sample import costs_of, harness
from profiler.workloads.words import words_of

_GOOD_FORM = "write pytest node ids, such as tests/test_speed.py::test_parse, quoted where they hold spaces"


@dataclass(frozen=True, kw_only=True)
class PytestBenchmark:
    """Node ids; pytest-benchmark itself is not needed, and its calibration does not run."""

    spec: WorkloadSpec
    timeout_seconds: float

    def __post_init__(self) -> None:
        options = [word for word in self._node_ids if word.startswith("-")]
        if options:
            raise ConfigError(f"{options[0]!r} in {self.spec.target!r} is an option; {_GOOD_FORM}")

    @property
    def _node_ids(self) -> tuple[str, ...]:
        return words_of(self.spec.target, _GOOD_FORM)

    def command(self, layout: Layout, *, loops: int) -> Command:
        """Runs the tests with a fixture that calls each function `loops` times, and prints a digest for each test."""
        arguments = (str(loops), *self._node_ids)
        return harness(layout, "benchmark_tests.py", *arguments, timeout_seconds=self.timeout_seconds)

    def costs(self, result: ExecResult) -> Costs:
        """As measured from outside."""
        return costs_of(result)
