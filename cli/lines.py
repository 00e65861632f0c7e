"""What happens in a run as short lines, for logs and pipes: one for each stage, verdict and note."""

import sys
from typing import TextIO

from core import figures
from core.candidate import Candidate
from core.progress import CandidateDecided, Event, Noted, StageStarted
from worker.report.headline import name_of
from worker.report.plain import one_line

_LONGEST = 100


class Lines:
    """A listener that writes to `stream` (standard error by default) and never ends a run because nobody reads it."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._broken = False

    def __call__(self, event: Event) -> None:
        """Write the line that `event` deserves, if any."""
        line = line_of(event)
        if not line or self._broken:
            return
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            self._broken = True  # closed or full: the run matters more


def line_of(event: Event) -> str:
    """One line for a person; empty for an event that a log can do without."""
    if isinstance(event, StageStarted):
        detail = one_line(event.detail, longest=_LONGEST)
        return f"{event.stage}: {detail}" if detail else event.stage
    if isinstance(event, CandidateDecided):
        return _verdict_line(event.candidate)
    return f"note: {one_line(event.message, longest=2 * _LONGEST)}" if isinstance(event, Noted) else ""


def _verdict_line(candidate: Candidate) -> str:
    decision = candidate.final
    if decision is None:
        return ""
    measured = (
        f" {figures.speedup(decision.speedup)}"
        if decision.speedup
        else f": {one_line(decision.reason, longest=_LONGEST)}"
    )
    idea = one_line(candidate.proposal.direction, longest=_LONGEST) if candidate.parent is not None else ""
    return f"{name_of(candidate)}{f' ({idea})' if idea else ''}: {decision.verdict}{measured}"
