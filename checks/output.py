"""The workload's standard output is what it was, by the rule that the user chose."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from core.candidate import CheckResult, Verdict
from core.conduct import misconduct
from core.errors import ConfigError
from core.execution import Ending, ExecResult, Output, patience
from core.output import OutputRule, difference, flaw
from core.problem import WorkloadSpec
from core.protocols import Sandbox, Trial, Workload

REPETITIONS = 2
"""How often the original runs to see whether its output repeats."""


@dataclass(kw_only=True)
class OutputUnchanged:
    """Runs each workload once and compares what it prints with the original's."""

    workloads: Sequence[tuple[Workload, int]]
    """Each with the number of loops of a sample."""
    rule_of: Callable[[WorkloadSpec], OutputRule]
    """What must stay of a workload's output."""
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
            self._require_steady(workload, results)
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
            changed = difference(self.rule_of(workload.spec), expected, result.stdout)
            if changed is not None:
                return self._failed(f"{workload.spec} prints something else: {changed}", Verdict.BEHAVIOUR_CHANGED)
        return CheckResult(check=self.name, passed=True)

    def _require_steady(self, workload: Workload, results: Sequence[ExecResult]) -> None:
        rule, first = self.rule_of(workload.spec), results[0].stdout
        unreadable = flaw(rule, first)
        if unreadable:
            raise ConfigError(
                f'the output of the workload {workload.spec} does not suit output = "{rule}": {unreadable}'
            )
        changed = next(filter(None, (difference(rule, first, result.stdout) for result in results[1:])), None)
        if changed is not None:
            raise ConfigError(
                f"the workload {workload.spec} prints something else each time it runs on the unchanged code: {changed}.\n"
                'Let it print results only (timings belong on stderr), or set output to "lines" when the order does not '
                'matter, to "json", to "floats:1e-9" for numbers that may differ, or to "ignore" to compare nothing.'
            )

    def _failed(self, reason: str, verdict: Verdict) -> CheckResult:
        return CheckResult(check=self.name, passed=False, reason=reason, verdict=verdict)

    def _run(self, sandbox: Sandbox, workload: Workload, loops: int) -> ExecResult:
        command = workload.command(sandbox.layout, loops=loops)
        usual = self.usual_seconds.get(str(workload.spec), math.inf)
        return sandbox.run(replace(command, timeout_seconds=patience(usual, command.timeout_seconds)))
