"""What runs of the tests on the unchanged code have in common, and the tests that end now so, now otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checks.report import NOT_RUN, TestReport

MOST_FLAKY = 1 / 3
"""The share of the tests from which on the others are no judge of a patch."""
_MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a candidate's tests are compared with."""

    outcomes: Mapping[str, str]
    """By test id, without the flaky ones."""
    flaky: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    """What the unchanged code, too, replaces of the things that a report relies on."""
    sentinels: frozenset[str] = frozenset()
    """The kinds of tests that had to fail and were noticed in every run."""

    @property
    def too_flaky(self) -> bool:
        """Whether what is left says too little."""
        return len(self.flaky) > MOST_FLAKY * (len(self.outcomes) + len(self.flaky))


def learn(reports: Sequence[TestReport]) -> Expected:
    """What holds in all of `reports`, which are of the same code."""
    tests = sorted({test for report in reports for test in report.outcomes})
    seen = {test: {report.outcomes.get(test, _MISSING) for report in reports} for test in tests}
    steady = {test: next(iter(outcomes)) for test, outcomes in seen.items() if len(outcomes) == 1}
    sessions = [report.session for report in reports if report.session is not None]
    noticed = [{kind for kind, ending in session.sentinels if ending == "noticed"} for session in sessions]
    return Expected(
        outcomes=steady,
        flaky=frozenset(seen.keys() - steady.keys()),
        changed=frozenset(f"{what}: {now}" for session in sessions for what, now in session.changed.items()),
        sentinels=frozenset.intersection(*map(frozenset, noticed)) if noticed else frozenset(),
    )


def excused(report: TestReport, flaky: frozenset[str]) -> bool:
    """Whether the command may have failed for no other reason than its flaky tests."""
    return any(report.outcomes.get(test) in {"failed", NOT_RUN} for test in flaky)
