"""The workload's standard output is what it was."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from core.candidate import CheckResult, Verdict
from core.conduct import misconduct
from core.errors import ConfigError
from core.execution import Ending, ExecResult, Output, patience
from core.problem import WorkloadSpec
from core.protocols import Sandbox, Trial, Workload

REPETITIONS = 2
"""How often the original runs to see whether its output repeats."""


@dataclass(kw_only=True)
class OutputUnchanged:
    """Runs each workload once and compares what it prints with the original's, byte by byte."""

    workloads: Sequence[tuple[Workload, int]]
    """Each with the number of loops of a sample."""
    compares: Callable[[WorkloadSpec], bool]
    """Whether a workload's output counts; the others only have to succeed, whatever they print."""
    expected: dict[str, Output] = field(default_factory=dict, init=False)
    usual_seconds: dict[str, float] = field(default_factory=dict, init=False)
    usual: dict[str, list[ExecResult]] = field(default_factory=dict, init=False)

    @property
    def name(self) -> str:
        """As shown to people."""
        return "workload output"

    def prepare(self, original: Sandbox) -> None:
        """Learn the expected output; ConfigError when a workload fails or prints something else each time."""
        for workload, loops in self.workloads:
            results = [self._run(original, workload, loops) for _ in range(REPETITIONS)]
            failed = next((result for result in results if not result.succeeded), None)
            if failed is not None:
                raise ConfigError(f"the workload {workload.spec} fails on the unchanged code: {failed.failure}")
            if self.compares(workload.spec) and len({result.stdout.sha256 for result in results}) > 1:
                raise ConfigError(_unsteady(workload, results))
            self.expected[str(workload.spec)] = results[0].stdout
            self.usual_seconds[str(workload.spec)] = max(result.wall_seconds for result in results)
            self.usual[str(workload.spec)] = results

    def check(self, trial: Trial) -> CheckResult:
        """Whether every workload succeeds and prints what is expected."""
        for workload, loops in self.workloads:
            result = self._run(trial.candidate, workload, loops)
            if not result.succeeded:
                verdict = Verdict.TIMED_OUT if result.ending is Ending.TIMED_OUT else Verdict.WORKLOAD_FAILED
                return self._failed(f"{workload.spec}: {result.failure}", verdict)
            wrong = misconduct(result, self.usual[str(workload.spec)])
            if wrong:
                return self._failed(f"{workload.spec}: {wrong}", Verdict.WORKLOAD_FAILED)
            expected = self.expected[str(workload.spec)]
            if self.compares(workload.spec) and result.stdout.sha256 != expected.sha256:
                reason = f"{workload.spec} prints something else: {first_difference(expected, result.stdout)}"
                return self._failed(reason, Verdict.BEHAVIOUR_CHANGED)
        return CheckResult(check=self.name, passed=True)

    def _failed(self, reason: str, verdict: Verdict) -> CheckResult:
        return CheckResult(check=self.name, passed=False, reason=reason, verdict=verdict)

    def _run(self, sandbox: Sandbox, workload: Workload, loops: int) -> ExecResult:
        command = workload.command(sandbox.layout, loops=loops)
        usual = self.usual_seconds.get(str(workload.spec), math.inf)
        return sandbox.run(replace(command, timeout_seconds=patience(usual, command.timeout_seconds)))


def first_difference(expected: Output, seen: Output, *, characters: int = 200) -> str:
    """Where two outputs part, in words."""
    before, after = expected.text.splitlines(), seen.text.splitlines()
    for number, (old, new) in enumerate(zip(before, after, strict=False), start=1):
        if old != new:
            return f"line {number} was {old[:characters]!r} and is {new[:characters]!r}"
    if len(before) != len(after):
        return f"it had {len(before)} lines and has {len(after)}"
    return f"it had {expected.size} bytes and has {seen.size}; the difference is not in the part that was kept"


def _unsteady(workload: Workload, results: Sequence[ExecResult]) -> str:
    return (
        f"the workload {workload.spec} prints something else each time it runs on the unchanged code: "
        f"{first_difference(results[0].stdout, results[1].stdout)}.\n"
        'Let it print results only (timings belong on stderr), or set output = "ignore" to compare nothing.'
    )
