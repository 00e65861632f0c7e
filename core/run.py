"""One run: a problem, the backends that work on it, its budget and how far it came."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from core.candidate import CANARY, Candidate, Verdict
from core.errors import NoSandboxError, PerfsmithError, SandboxError, is_of_machine
from core.measurement import Speedup
from core.problem import Objective, Problem
from core.profile import Profile
from core.queue import Hint
from core.spend import NOTHING, Budget, Spend


class RunKind(StrEnum):
    """What was asked for."""

    OPTIMIZE = "optimize"
    JUDGE = "judge"


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


SANDBOX_BROKE = "the sandbox broke: "
"""How the error of a run begins that failed because of its sandbox."""
OVER = (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.CANCELLED)
"""Runs that nobody works on any more, until somebody takes them up again."""


def reason_of(error: PerfsmithError) -> str:
    """Why a run has failed, or a machine is unable to work on it."""
    broke = isinstance(error, NoSandboxError) or (isinstance(error, SandboxError) and is_of_machine(error))
    return f"{SANDBOX_BROKE if broke else ''}{error}"


@dataclass(frozen=True, kw_only=True)
class BackendSpec:
    """A backend by name with the options given for it."""

    name: str
    """A short name of the worker's table, or `module:Class`."""
    options: Mapping[str, object]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, kw_only=True)
class Backends:
    """Who does the work of a run."""

    sandbox: BackendSpec
    strategy: BackendSpec
    proposers: tuple[BackendSpec, ...]
    """Asked in turn: the next one when the one before has nothing left to propose."""
    profilers: tuple[BackendSpec, ...]


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run as submitted, and its state."""

    id: str
    kind: RunKind
    problem: Problem
    backends: Backends
    budget: Budget
    seed: int
    """Fixes the random order of samples."""
    created_at: datetime
    status: RunStatus = RunStatus.QUEUED
    error: str = ""
    stopped_by: str = ""
    """Why the search ended, in words: a limit reached, nothing left to try, interrupted."""
    judged_patch: str = ""
    """The patch of a judge run."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """All that the store knows about a run; what a strategy, a report or a page reads."""

    run: Run
    candidates: tuple[Candidate, ...] = ()
    """By number, the baseline first."""
    profiles: Mapping[int, tuple[Profile, ...]] = field(default_factory=dict)
    """Profiles by candidate number."""

    asked: Spend = NOTHING
    """Tokens and dollars of all model calls, as its ledger has them."""
    hints: tuple[Hint, ...] = ()
    """What people have said to its search."""

    @property
    def spend(self) -> Spend:
        """What the run has taken from its budget so far, with answers that led to no candidate because it was cut off."""
        known = sum((candidate.spend for candidate in self.candidates), NOTHING)
        tokens, dollars = max(known.tokens, self.asked.tokens), max(known.dollars, self.asked.dollars)
        return replace(known, tokens=tokens, dollars=dollars)

    @property
    def pending(self) -> tuple[Candidate, ...]:
        """Candidates that have no verdict yet; the canary is not one of them, since its verdict is made elsewhere."""
        return tuple(c for c in self.candidates if c.decision is None and c.proposal.proposer != CANARY)

    @property
    def canary(self) -> Candidate | None:
        """The candidate that changes nothing but comments, where it was sent already."""
        return next((c for c in self.candidates if c.proposal.proposer == CANARY), None)

    @property
    def winner(self) -> Candidate | None:
        """The confirmed candidate; of several, the one with the highest lower bound: all their intervals hold together."""
        return max((c for c in self.candidates if c.verdict is Verdict.CONFIRMED), key=_lower_bound, default=None)

    @property
    def best(self) -> Candidate | None:
        """The confirmed candidate, else the accepted one with the highest lower bound."""
        accepted = [c for c in self.candidates if c.verdict is Verdict.ACCEPTED and c.speedup]
        return self.winner or max(accepted, key=_lower_bound, default=None)


def _lower_bound(candidate: Candidate) -> float:
    return candidate.speedup.low if candidate.speedup else 0.0


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """One line of the list of runs."""

    id: str
    kind: RunKind
    status: RunStatus
    repository: str
    created_at: datetime
    candidates: int
    speedup: Speedup | None
    """Of the confirmed patch."""
    objective: Objective
    revision: str
    owner: str
    """Who handed it in."""
    batch: str
    """The batch that it belongs to, if any."""
    error: str
    stopped_by: str
    stage: str
    """What it is doing, while it is running."""
    progress: str
    """How far that has come, in words."""
    tokens: int
    dollars: float
    """Of all model calls."""
    machine: str
    """Where it is or was worked on last; empty when it was not, or by a command at a terminal."""
    is_imported: bool
    """It came in a bundle, from anybody: it can be read, and nothing is done with it."""
    waits: bool
    """Whether it is for workers: a run of the command line is worked on by that command alone."""
    started_at: datetime | None
    """When a worker took it up last."""
    ended_at: datetime | None
