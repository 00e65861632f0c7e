"""What is known about a run while it goes on, gathered event by event. Pure: the screen draws it."""

from dataclasses import dataclass, replace

from core.candidate import Candidate, Verdict
from core.measurement import Speedup
from core.progress import CandidateDecided, CandidateProposed, Event, Noted, PairTimed, StageStarted
from core.spend import NO_LIMITS, NOTHING, Budget, Spend

MOST_RECENT = 8
"""Candidates that are remembered for the table."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything that the screen shows."""

    started_at: float
    """By the clock of whoever watches; as are all times here."""
    spent_at: float
    """When `spend` was true."""
    budget: Budget = NO_LIMITS
    """Known from the first verdict on."""
    spend: Spend = NOTHING
    stage: str = "starting"
    detail: str = ""
    note: str = ""
    trying: Candidate | None = None
    pairs: int = 0
    speedup: Speedup | None = None
    """Of the pairs so far."""
    recent: tuple[Candidate, ...] = ()
    best: Candidate | None = None

    def seconds_left(self, now: float) -> float | None:
        """Working time before the budget ends the run; None without such a limit."""
        if self.budget.seconds is None:
            return None
        return max(0.0, self.budget.seconds - self.spend.seconds - (now - self.spent_at))


def opening(now: float) -> Scene:
    """Before anything happened."""
    return Scene(started_at=now, spent_at=now)


def after(scene: Scene, event: Event, now: float) -> Scene:
    """`scene` once `event` has happened."""
    if isinstance(event, StageStarted):
        return replace(scene, stage=event.stage, detail=event.detail, trying=None, pairs=0, speedup=None)
    if isinstance(event, CandidateProposed):
        return replace(scene, trying=event.candidate, pairs=0, speedup=None)
    if isinstance(event, PairTimed):
        return replace(scene, pairs=event.pairs, speedup=event.speedup)
    if isinstance(event, Noted):
        return replace(scene, note=event.message)
    return _decided(scene, event, now)


def _decided(scene: Scene, event: CandidateDecided, now: float) -> Scene:
    candidate = event.candidate
    known = [other for other in scene.recent if other.number != candidate.number]
    return replace(
        scene,
        trying=None,
        pairs=0,
        speedup=None,
        recent=tuple([*known, candidate][-MOST_RECENT:]),
        best=_better(scene.best, candidate),
        spend=event.spend,
        spent_at=now,
        budget=event.budget,
    )


def _better(best: Candidate | None, candidate: Candidate) -> Candidate | None:
    """A confirmed candidate beats all accepted ones, which go by the lower end; one that lost its verdict is out."""
    if best and best.number == candidate.number:
        best = None
    known = [one for one in (best, candidate) if one and one.verdict in {Verdict.ACCEPTED, Verdict.CONFIRMED}]
    return max(
        known, key=lambda one: (one.verdict is Verdict.CONFIRMED, one.speedup.low if one.speedup else 0.0), default=None
    )
