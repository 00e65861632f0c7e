"""The problem's tests: the same ones run, with the same outcomes."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.candidate import CheckResult, Verdict
from core.errors import ConfigError
from core.execution import Command, Ending, ExecResult, patience, tail_of
from core.protocols import Sandbox, Trial

REPORT = "tests.jsonl"
REPETITIONS = 2
"""How often the original's tests run to find those that flake."""
SHOWN = 5
"""How many test ids a message names."""
_UNITTEST_COUNT = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class TestReport:
    """What one run of the tests said."""

    __test__ = False
    """Not a test class, whatever pytest thinks of its name."""
    result: ExecResult
    outcomes: Mapping[str, str]
    """passed, skipped, xfailed or failed by test id; empty where the tests are not run by pytest."""
    why: Mapping[str, str]
    """The end of a failed test's output, by test id."""

    @property
    def failed(self) -> list[str]:
        """Ids of the failed tests."""
        return [test for test, outcome in self.outcomes.items() if outcome == "failed"]


@dataclass(kw_only=True)
class TestsPass:
    """Runs the test command; with pytest, compares the outcome of every test with the original's."""

    __test__ = False
    """Not a test class, whatever pytest thinks of its name."""
    line: str
    """The shell line that the user wrote."""
    timeout_seconds: float
    expected: dict[str, str] = field(default_factory=dict, init=False)
    usual_seconds: float = field(default=math.inf, init=False)

    @property
    def name(self) -> str:
        """As shown to people."""
        return "tests"

    def prepare(self, original: Sandbox) -> None:
        """Learn the expected outcomes; ConfigError when tests fail or flake on the unchanged code."""
        reports = [self._run(original) for _ in range(REPETITIONS)]
        for report in reports:
            if not report.result.succeeded:
                raise ConfigError(self._failing(reports))
        if reports[0].outcomes != reports[1].outcomes:
            raise ConfigError(self._flaking(reports))
        self.expected = dict(reports[0].outcomes)
        self.usual_seconds = max(report.result.wall_seconds for report in reports)

    def check(self, trial: Trial) -> CheckResult:
        """Whether the command succeeds and every test has its expected outcome."""
        report = self._run(trial.candidate)
        if report.result.ending is Ending.TIMED_OUT:
            return self._no(f"the tests {report.result.failure}", Verdict.TIMED_OUT)
        if not report.result.succeeded:
            return self._no(_describe_failure(report), Verdict.TESTS_FAILED)
        changed = sorted(test for test, outcome in self.expected.items() if report.outcomes.get(test) != outcome)
        if changed:
            return self._no(f"{_names(changed)} did not end as on the unchanged code", Verdict.TESTS_FAILED)
        extra = sorted(set(report.outcomes) - set(self.expected))
        if extra:
            return self._no(f"{_names(extra)} did not exist on the unchanged code", Verdict.TESTS_FAILED)
        return CheckResult(
            check=self.name, passed=True, reason=f"{len(self.expected)} tests ended as before" if self.expected else ""
        )

    def _no(self, reason: str, verdict: Verdict) -> CheckResult:
        return CheckResult(check=self.name, passed=False, reason=reason, verdict=verdict)

    def _run(self, sandbox: Sandbox) -> TestReport:
        layout = sandbox.layout
        environment = {
            # For a pytest of another environment; that of ours finds the plugin by itself.
            "PYTHONPATH": str(layout.plugins),
            "PYTEST_ADDOPTS": "-p perfsmith_report",
            "PERFSMITH_REPORT": str(layout.out / REPORT),
        }
        command = Command(
            argv=("/bin/sh", "-c", self.line),
            timeout_seconds=patience(self.usual_seconds, self.timeout_seconds),
            environment=environment,
            collect=(REPORT,),
        )
        return read_report(sandbox.run(command))

    def _failing(self, reports: list[TestReport]) -> str:
        flaky = len({report.result.succeeded for report in reports}) > 1
        if flaky:
            return self._flaking(reports)
        return (
            f"the tests fail on the unchanged code: {_describe_failure(reports[0])}\n"
            f"The command was: {self.line}\n"
            "Fix them, or leave them out of `tests` (for pytest: --deselect ID), and check that `setup` installs all they need."
        )

    def _flaking(self, reports: list[TestReport]) -> str:
        first, second = (report.outcomes for report in reports)
        unsteady = sorted(test for test in {*first, *second} if first.get(test) != second.get(test))
        which = _names(unsteady) if unsteady else "the test command"
        return (
            f"{which} did not end the same in two runs on the unchanged code.\n"
            "A flaky test can't tell a good patch from a bad one: leave it out of `tests` (for pytest: --deselect ID)."
        )


def read_report(result: ExecResult) -> TestReport:
    """The outcomes in the collected report, or the number of tests that unittest says it ran."""
    outcomes: dict[str, str] = {}
    why: dict[str, str] = {}
    for line in result.files.get(REPORT, b"").decode("utf-8", "replace").splitlines():
        try:
            entry = json.loads(line)
            outcomes[str(entry["id"])], why[str(entry["id"])] = str(entry["outcome"]), str(entry["why"])
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
    counted = _UNITTEST_COUNT.search(result.stderr.text)
    if not outcomes and counted:
        outcomes[f"all {counted[1]} tests"] = "passed" if result.succeeded else "failed"
    return TestReport(result=result, outcomes=outcomes, why=why)


def _describe_failure(report: TestReport) -> str:
    if not report.failed:
        return report.result.failure
    first = report.failed[0]
    return f"{_names(report.failed)} failed\n{tail_of(report.why.get(first, report.result.failure))}"


def _names(tests: list[str]) -> str:
    shown = ", ".join(tests[:SHOWN])
    return shown if len(tests) <= SHOWN else f"{shown} and {len(tests) - SHOWN} more"
