"""What earlier candidates taught, as text for the next question: what was tried, the verdict and why."""

from core.candidate import Candidate
from core.execution import tail_of
from core.proposing import Brief

_REASON_CHARACTERS = 700
_PATCH_CHARACTERS = 1_500


def lessons(brief: Brief, *, characters: int) -> str:
    """One paragraph for each candidate but the baseline, oldest first; the oldest are left out where room is short."""
    told: list[str] = []
    room = characters
    for candidate in reversed(brief.history):
        if candidate.parent is None:
            continue
        text = _lesson(candidate)
        if len(text) > room:
            text = _heading(candidate)
        if len(text) > room:
            break
        told.append(text)
        room -= len(text) + 2
    return "\n\n".join(reversed(told))


def _lesson(candidate: Candidate) -> str:
    """Heading, reason and patch. Told from the first decision, which a later confirmation does not change."""
    reason = candidate.decision.reason if candidate.decision else candidate.proposal.problem
    parts = [_heading(candidate), tail_of(reason, characters=_REASON_CHARACTERS)]
    patch = candidate.proposal.patch
    if patch:
        cut = "\n... (cut)" if len(patch) > _PATCH_CHARACTERS else ""
        parts.append(f"{patch[:_PATCH_CHARACTERS].rstrip()}{cut}")
    return "\n".join(part for part in parts if part)


def _heading(candidate: Candidate) -> str:
    decision = candidate.decision
    verdict = decision.verdict if decision else "not evaluated"
    speedup = f", {decision.speedup} as fast as the original" if decision and decision.speedup else ""
    parent = f" on top of candidate {candidate.parent}" if candidate.parent else ""
    return f"Candidate {candidate.number}{parent}: {verdict}{speedup}. Direction: {candidate.proposal.direction[:240] or '-'}"
