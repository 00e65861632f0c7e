"""What lists of runs and candidates ask for and get. Small facts: none of them holds samples."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.candidate import Verdict
from core.measurement import Speedup
from core.run import RunKind, RunStatus, RunSummary
from core.spend import Spend


class Order(StrEnum):
    """How a list of runs is sorted."""

    NEWEST = "newest"
    FASTEST = "fastest"
    """By the confirmed speedup, the highest first; runs without one are left out."""


@dataclass(frozen=True, kw_only=True)
class RunFilter:
    """Which runs; what is empty or None does not restrict."""

    statuses: tuple[RunStatus, ...] = ()
    kind: RunKind | None = None
    owner: str = ""
    repository: str = ""
    """Exactly as the run has it."""
    name: str = ""
    """How the repository's short name (the last part of its path, without .git, in lower case) begins."""
    batch: str = ""
    since: datetime | None = None
    """Created at this time or later."""
    until: datetime | None = None
    """Created before this time."""
    min_speedup: float | None = None
    """With a confirmed speedup of at least that."""


@dataclass(frozen=True, kw_only=True)
class RunPage:
    """Some runs of a list, and how to get the next ones."""

    runs: tuple[RunSummary, ...]
    after: str
    """The cursor of the next page; empty on the last one."""


@dataclass(frozen=True, kw_only=True)
class BatchSummary:
    """The runs that share a batch's name, together."""

    name: str
    runs: Mapping[RunStatus, int]
    """How many stand where."""
    faster: int
    """How many have confirmed a patch."""
    speedup: float | None
    """The geometric mean of what those have confirmed; None when there are none."""
    dollars: float
    """What models have cost for all of them."""


def batch_of(name: str, runs: Mapping[RunStatus, int], confirmed: Sequence[float], dollars: float) -> BatchSummary:
    """The batch with so many runs of each status, and these confirmed speedups."""
    return BatchSummary(
        name=name,
        runs={status: runs.get(status, 0) for status in RunStatus},
        faster=len(confirmed),
        speedup=statistics.geometric_mean(confirmed) if confirmed else None,
        dollars=dollars,
    )


@dataclass(frozen=True, kw_only=True)
class CandidateSummary:
    """One line of a run's table of candidates."""

    number: int
    parent: int | None
    proposer: str
    direction: str
    verdict: Verdict | None
    """None while it is being evaluated."""
    reason: str
    speedup: Speedup | None
    spend: Spend


@dataclass(frozen=True, kw_only=True)
class AskedLately:
    """What the latest questions to one model have cost."""

    candidates: int
    """That they were asked for."""
    tokens: int
    dollars: float

    def estimate(self, candidates: int) -> float | None:
        """The dollars that so many candidates would cost at this rate; None when there is none."""
        return self.dollars / self.candidates * candidates if self.candidates else None
