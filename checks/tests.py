"""The problem's tests: the same ones run, with the same outcomes, and a report that says so under seal."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from checks.repetition import Expected, excused, learn
from checks.report import FORGED, NOT_RUN, REPORT, TestReport, fresh_key, handed_over, read_report
from core.candidate import CheckResult, Verdict
from core.errors import ConfigError
from core.execution import Command, Ending, patience, tail_of
from core.protocols import Sandbox, Trial

REPETITIONS = 2
"""How often the original's tests run to find those that flake."""
MORE_REPETITIONS = 3
"""How often they run again when the first runs differ."""
SHOWN = 5
"""How many names a message names."""


def _say_nothing(_: str) -> None:
    """Nobody listens."""


@dataclass(kw_only=True)
class TestsPass:
    """Runs the test command; with pytest, compares the outcome of every test with the original's."""

    __test__ = False
    """Not a test class, whatever pytest thinks of its name."""
    line: str
    """The shell line that the user wrote."""
    timeout_seconds: float
    note: Callable[[str], None] = _say_nothing
    """Is told what a person should know about the tests."""
    expected: Expected = field(default_factory=lambda: Expected(outcomes={}), init=False)
    usual_seconds: float = field(default=math.inf, init=False)
    signed: bool = field(default=True, init=False)
    """Whether pytest runs the tests and our plugin within it; else standard input stays empty."""

    @property
    def name(self) -> str:
        """As shown to people."""
        return "tests"

    def prepare(self, original: Sandbox) -> None:
        """Learn the expected outcomes; ConfigError when tests fail, or too many flake, on the unchanged code."""
        reports = self._repeated(original)
        self.expected = learn(reports)
        broken = [report for report in reports if not self._succeeded(report)]
        if len(broken) == len(reports):
            raise ConfigError(self._failing(broken[0]))
        if broken or self.expected.too_flaky:
            raise ConfigError(self._flaking())
        self.usual_seconds = max(report.result.wall_seconds for report in reports)
        if self.expected.flaky:
            self.note(f"{self._left_out}: they did not end the same in {len(reports)} runs on the unchanged code")

    def _repeated(self, original: Sandbox) -> list[TestReport]:
        """Runs of the original: more of them when the first ones differ."""
        first = self._run(original)
        if first.flaw:
            # Without our plugin the tests should find an empty standard input, too.
            self.signed = False
            first = self._run(original) if not first.result.succeeded else TestReport(result=first.result)
        reports = [first, *(self._run(original) for _ in range(REPETITIONS - 1))]
        if self.signed and reports[0].outcomes != reports[1].outcomes:
            reports += [self._run(original, keep_going=True) for _ in range(MORE_REPETITIONS)]
            # A run that stopped at its first failure says nothing about the tests behind it.
            reports = [report for report in reports if NOT_RUN not in report.outcomes.values()] or reports
        return reports

    def check(self, trial: Trial) -> CheckResult:
        """Whether every test has its expected outcome, and the report of it can be believed."""
        report = self._run(trial.candidate, keep_going=bool(self.expected.flaky))
        if report.result.ending is Ending.TIMED_OUT:
            return self._no(f"the tests {report.result.failure}", Verdict.TIMED_OUT)
        objection = next(self._objections(report), None)
        if objection is not None:
            return self._no(objection, Verdict.TESTS_FAILED)
        compared = len(self.expected.outcomes)
        said = [f"{compared} tests ended as before"] if compared else []
        return CheckResult(check=self.name, passed=True, reason="; ".join([*said, *filter(None, [self._left_out])]))

    def _objections(self, report: TestReport) -> Iterator[str]:
        """What speaks against the candidate, the plainest first."""
        if not report.flaw and not self._succeeded(report):
            yield _describe_failure(report, self.expected.flaky)
        if report.flaw:
            why = f": {report.result.failure}" if not report.result.succeeded else ""
            yield f"{FORGED} ({report.flaw}){why}"
        signs = "; ".join(self._tampering(report))
        if signs:
            yield signs
        seen, expected = report.outcomes, self.expected.outcomes
        changed = sorted(test for test, outcome in expected.items() if seen.get(test) != outcome)
        if changed:
            yield f"{_names(changed)} did not end as on the unchanged code"
        extra = sorted(seen.keys() - expected.keys() - self.expected.flaky)
        if extra:
            yield f"{_names(extra)} did not exist on the unchanged code"

    def _tampering(self, report: TestReport) -> Iterator[str]:
        """Signs that the session could not tell a failed test from a passed one."""
        if report.session is None:
            return
        passed = sorted({kind for kind, ending in report.session.sentinels if ending == "passed"})
        missing = sorted(self.expected.sentinels - {kind for kind, _ in report.session.sentinels})
        replaced = sorted({f"{what}: {now}" for what, now in report.session.changed.items()} - self.expected.changed)
        if self.expected.sentinels.intersection(passed):
            yield f"a test that has to fail passed among these tests (kind: {_names(passed)})"
        if missing:
            yield f"a test that has to fail did not run among these tests (kind: {_names(missing)})"
        if replaced:
            yield f"what the tests rely on was replaced while they ran: {_names(replaced)}"

    def _succeeded(self, report: TestReport) -> bool:
        """Whether no test failed, whatever the command made of it; its exit status excuses a flaky test that did."""
        if set(report.failed) - self.expected.flaky:
            return False
        if report.session is None or not excused(report, self.expected.flaky):
            return report.result.succeeded
        return report.result.ending is Ending.EXITED

    @property
    def _left_out(self) -> str:
        flaky = sorted(self.expected.flaky)
        if not flaky:
            return ""
        return f"{len(flaky)} flaky {'test is' if len(flaky) == 1 else 'tests are'} left out: {_names(flaky)}"

    def _no(self, reason: str, verdict: Verdict) -> CheckResult:
        return CheckResult(check=self.name, passed=False, reason=reason, verdict=verdict)

    def _run(self, sandbox: Sandbox, *, keep_going: bool = False) -> TestReport:
        key = fresh_key() if self.signed else None
        command = Command(
            argv=("/bin/sh", "-c", self.line),
            timeout_seconds=patience(self.usual_seconds, self.timeout_seconds),
            environment=_environment(sandbox, keep_going=keep_going) if key else {},
            stdin=handed_over(key) if key else b"",
            collect=(REPORT,),
        )
        return read_report(sandbox.run(command), key)

    def _failing(self, report: TestReport) -> str:
        return (
            f"the tests fail on the unchanged code: {_describe_failure(report, self.expected.flaky)}\n"
            f"The command was: {self.line}\n"
            "Fix them, or leave them out of `tests` (for pytest: --deselect ID), and check that `setup` installs all they need."
        )

    def _flaking(self) -> str:
        flaky = sorted(self.expected.flaky)
        return (
            f"{_names(flaky) if flaky else 'the test command'} did not end the same in all runs on the unchanged code.\n"
            "Flaky tests can't tell a good patch from a bad one: leave them out of `tests` (for pytest: --deselect ID)."
        )


def _environment(sandbox: Sandbox, *, keep_going: bool) -> Mapping[str, str]:
    layout = sandbox.layout
    variables = {
        # The first folder has what is loaded before Python can import from the repository; the second is for a pytest of
        # another environment: that of ours finds the plugin by itself.
        "PYTHONPATH": f"{layout.plugins / 'early'}:{layout.plugins}",
        "PYTEST_ADDOPTS": "-p perfsmith_report",
        "PERFSMITH_REPORT": str(layout.out / REPORT),
    }
    return {**variables, "PERFSMITH_KEEP_GOING": "1"} if keep_going else variables


def _describe_failure(report: TestReport, flaky: frozenset[str]) -> str:
    failed = [test for test in report.failed if test not in flaky]
    if not failed:
        return report.result.failure
    return f"{_names(failed)} failed\n{tail_of(report.why(failed[0]))}"


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN} more"
