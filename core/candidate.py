"""A node of the search tree: what was proposed, what was observed, and the one word about it."""

from dataclasses import dataclass
from enum import StrEnum

from core.measurement import Speedup, Timing
from core.spend import NOTHING, Spend

MINIMISER = "minimise"
"""The proposer's name on a patch that is an accepted one made smaller."""
CANARY = "canary"
"""The proposer's name on a patch that changes nothing but comments."""


class Verdict(StrEnum):
    """The one word about a candidate; why is data next to it."""

    BASELINE = "baseline"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    INVALID_PATCH = "invalid patch"
    FORBIDDEN_EDIT = "forbidden edit"
    TESTS_FAILED = "tests failed"
    BEHAVIOUR_CHANGED = "behaviour changed"
    WORKLOAD_FAILED = "workload failed"
    TIMED_OUT = "timed out"
    NOT_FASTER = "not faster"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A patch that somebody hopes is faster, and what it cost to get."""

    patch: str
    """Unified diff against the run's revision; empty when the proposer failed to make one."""
    rationale: str
    direction: str
    """What kind of change it is, in a few words; a proposer recognises its own by it."""
    proposer: str
    spend: Spend = NOTHING
    problem: str = ""
    """Why there is no patch, when there is none."""


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """What one behaviour check saw."""

    check: str
    passed: bool
    reason: str = ""
    """Why it failed, in words a proposer can learn from."""
    verdict: Verdict | None = None
    """What a failure means for the candidate."""
    witness: str = ""
    """The smallest input found that shows the failure, as text."""


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Everything observed about a candidate; later steps are absent when an earlier one failed."""

    checks: tuple[CheckResult, ...] = ()
    timings: tuple[Timing, ...] = ()
    replays: tuple[Timing, ...] = ()
    """Workloads by their names with a process for each repetition, and the calls that the edited functions got, timed by
    themselves: as recorded, then with varied arguments.
    """
    failure: CheckResult | None = None
    """The check or step that ended the evaluation early."""
    seconds: float = 0.0
    """Wall time that the evaluation took."""
    machine: str = ""
    """Where it took place; empty where nobody said. Times of two machines are never put together."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A verdict with its reason and, where it was measured, the speedup."""

    verdict: Verdict
    reason: str
    speedup: Speedup | None = None
    by_workload: tuple[tuple[str, Speedup], ...] = ()
    """The speedup of each workload on its own."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One node of the search tree; what is known about it only grows."""

    number: int
    parent: int | None
    """The candidate whose patch this one builds on; None for the baseline and the canary, which are the original."""
    proposal: Proposal
    evaluation: Evaluation | None = None
    decision: Decision | None = None
    confirmation: Evaluation | None = None
    """Fresh samples, taken after the search; the only ones that are reported."""
    confirmed: Decision | None = None

    @property
    def final(self) -> Decision | None:
        """The latest word: that of the confirmation where there was one."""
        return self.confirmed or self.decision

    @property
    def verdict(self) -> Verdict | None:
        """None while the candidate is being evaluated."""
        return self.final.verdict if self.final else None

    @property
    def speedup(self) -> Speedup | None:
        """The speedup of the latest word."""
        return self.final.speedup if self.final else None

    @property
    def spend(self) -> Spend:
        """What this candidate took from the budget; the baseline and a minimised patch do not count as candidates."""
        measured = sum(e.seconds for e in (self.evaluation, self.confirmation) if e is not None)
        counts = self.parent is not None and self.proposal.proposer != MINIMISER
        return self.proposal.spend + Spend(candidates=int(counts), seconds=measured)
