"""What earlier candidates taught, as text for the next question: what was tried, the verdict and why."""

from collections.abc import Iterator

from core import patch as patches
from core.candidate import Candidate, Verdict
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
        text = _lesson(candidate, brief)
        if len(text) > room:
            text = _heading(candidate, brief)
        if len(text) > room:
            break
        told.append(text)
        room -= len(text) + 2
    return "\n\n".join(reversed(told))


def _lesson(candidate: Candidate, brief: Brief) -> str:
    """Heading, reason and its own change. Told from the first decision, which a later confirmation does not change."""
    reason = candidate.decision.reason if candidate.decision else candidate.proposal.problem
    shown = "" if _is_accepted(candidate) else tail_of(reason, characters=_REASON_CHARACTERS)
    parts = [_heading(candidate, brief), shown, _witness(candidate, shown), _clipped(_own_change(candidate, brief))]
    return "\n".join(part for part in parts if part)


def _witness(candidate: Candidate, told: str) -> str:
    """The smallest input that shows what is wrong, where a check found one and the reason does not hold it."""
    failure = candidate.evaluation.failure if candidate.evaluation else None
    if failure is None or not failure.witness or failure.witness in told:
        return ""
    return f"The smallest input found that shows it:\n{tail_of(failure.witness, characters=_REASON_CHARACTERS)}"


def _heading(candidate: Candidate, brief: Brief) -> str:
    decision = candidate.decision
    verdict = decision.verdict if decision else "no verdict yet"
    speedup = f", {decision.speedup} as fast as the original" if decision and decision.speedup else ""
    parent = f" on top of candidate {candidate.parent}" if candidate.parent else ""
    direction = candidate.proposal.direction[:240] or "-"
    return (
        f"Candidate {candidate.number}{parent}: {verdict}{speedup}{_standing(candidate, brief)}. Direction: {direction}"
    )


def _is_accepted(candidate: Candidate) -> bool:
    return candidate.decision is not None and candidate.decision.verdict is Verdict.ACCEPTED


def _standing(candidate: Candidate, brief: Brief) -> str:
    """Of an accepted candidate, whether its change is in the code that is shown, and why not."""
    if not _is_accepted(candidate):
        return ""
    if candidate.number in _line_of(brief):
        return "; this prompt's code contains it"
    better = brief.parent.number > 0 and _lower_bound(candidate) <= _lower_bound(brief.parent)
    why = f"not better than candidate {brief.parent.number}, so " if better else ""
    return f"; {why}not part of this prompt's code"


def _line_of(brief: Brief) -> Iterator[int]:
    """The numbers of the parent and of all that it builds on."""
    candidate = brief.parent
    while candidate.parent is not None:
        yield candidate.number
        candidate = brief.history[candidate.parent]


def _lower_bound(candidate: Candidate) -> float:
    return candidate.decision.speedup.low if candidate.decision and candidate.decision.speedup else 0.0


def _own_change(candidate: Candidate, brief: Brief) -> str:
    """What it changed in the code it was made for; the patch as it stands when it does not apply."""
    patch = candidate.proposal.patch
    if not patch or not candidate.parent:
        return patch
    try:
        before = _texts(brief.history[candidate.parent].proposal.patch, brief)
        after = _texts(patch, brief)
    except patches.PatchError:
        return patch
    return patches.diff(before, {**dict.fromkeys(before.keys() - after.keys()), **after})


def _texts(patch: str, brief: Brief) -> dict[str, str]:
    changed = patches.apply(patch, brief.baseline_sources) if patch else {}
    return {path: text for path, text in {**brief.baseline_sources, **changed}.items() if text is not None}


def _clipped(patch: str) -> str:
    """The first lines of `patch`."""
    if len(patch) <= _PATCH_CHARACTERS:
        return patch.rstrip()
    return patch[:_PATCH_CHARACTERS].rpartition("\n")[0].rstrip() + "\n... (cut)"
