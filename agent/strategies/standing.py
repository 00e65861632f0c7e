"""Who is in the race: the candidates that others may build on, best first."""

from collections.abc import Sequence

from core.candidate import Candidate, Verdict


def standing(history: Sequence[Candidate]) -> list[Candidate]:
    """Accepted and confirmed candidates by the lower bound of their speedup, then the baseline; earlier wins a tie."""
    proven = [candidate for candidate in history if candidate.verdict in {Verdict.ACCEPTED, Verdict.CONFIRMED}]
    return [*sorted(proven, key=_lower_bound, reverse=True), history[0]]


def _lower_bound(candidate: Candidate) -> float:
    return candidate.speedup.low if candidate.speedup else 0.0
