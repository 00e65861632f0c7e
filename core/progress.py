"""What a run tells those who watch it."""

from dataclasses import dataclass

from core.candidate import Candidate
from core.measurement import Speedup
from core.spend import Budget, Spend

SEARCH = "search"
"""The stage in which others may help."""


@dataclass(frozen=True, kw_only=True)
class StageStarted:
    """The run entered a new stage: materialise, environment, baseline, SEARCH, canary, minimise, confirm, report."""

    stage: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class CandidateProposed:
    """A candidate is about to be evaluated."""

    candidate: Candidate


@dataclass(frozen=True, kw_only=True)
class PairTimed:
    """One more pair of samples; `speedup` is the interval so far, None while there are too few pairs for one."""

    number: int
    pairs: int
    speedup: Speedup | None


@dataclass(frozen=True, kw_only=True)
class CandidateDecided:
    """A candidate got its verdict (or a new one: confirmed or not)."""

    candidate: Candidate
    spend: Spend
    budget: Budget


@dataclass(frozen=True, kw_only=True)
class Noted:
    """Something a person should know: a warning, a choice that was made."""

    message: str


Event = StageStarted | CandidateProposed | PairTimed | CandidateDecided | Noted
