"""Tells the store what a run does while a worker works on it: a log that grows, and a line that changes."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from core.candidate import Candidate
from core.errors import StoreError
from core.progress import CandidateDecided, CandidateProposed, Event, Noted, PairTimed, StageStarted
from core.service import HeldStore

LEAST_SECONDS = 1.0
"""Between two changes of the line."""

_log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Chronicle:
    """A listener. What can't be stored is logged: the run's next write says what is wrong, and a listener must not."""

    run_id: str
    store: HeldStore
    clock: Callable[[], float] = time.monotonic
    stage: str = "starting"
    _shown_at: float | None = field(default=None, init=False)
    _trying: str = field(default="", init=False)

    def __call__(self, event: Event) -> None:
        """Write down what happened."""
        try:
            self._take(event)
        except StoreError as error:
            _log.warning("%s can't be noted: %s", type(event).__name__, error)

    def _take(self, event: Event) -> None:
        match event:
            case StageStarted(stage=stage, detail=detail):
                self.stage = stage
                self._say(detail or stage)
                self._show(detail)
            case Noted(message=message):
                self._say(message)
            case CandidateProposed(candidate=candidate):
                self._trying = _named(candidate)
                self._show(self._trying)
            case CandidateDecided(candidate=candidate):
                self._say(_verdict(candidate))
            case PairTimed(pairs=pairs) if self._is_time():
                self._show(f"{self._trying or 'timing'}: {pairs} pairs timed")

    def _say(self, message: str) -> None:
        _log.info("%s: %s", self.stage, message)
        self.store.say(self.run_id, self.stage, message)

    def _show(self, progress: str) -> None:
        self._shown_at = self.clock()
        self.store.show_progress(self.run_id, self.stage, progress)

    def _is_time(self) -> bool:
        return self._shown_at is None or self.clock() - self._shown_at >= LEAST_SECONDS


def _named(candidate: Candidate) -> str:
    direction = candidate.proposal.direction
    return f"candidate {candidate.number} ({direction})" if direction else f"candidate {candidate.number}"


def _verdict(candidate: Candidate) -> str:
    decision = candidate.confirmed or candidate.decision
    if decision is None:
        return _named(candidate)
    reason = f": {decision.reason}" if decision.reason else ""
    return f"{_named(candidate)} {decision.verdict}{reason}"
