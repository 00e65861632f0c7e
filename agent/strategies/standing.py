"""Who is in the race: the candidates that others may build on, best first."""

from collections.abc import Sequence

from core.candidate import Candidate, Verdict


def standing(history: Sequence[Candidate]) -> list[Candidate]:
    """Accepted and confirmed candidates by the lower bound that the search saw, then the baseline; earlier wins a tie.

    A confirmation's fresh samples do not count here: they would set the confirmed candidate back against the luck of others.
    """
    proven = [candidate for candidate in history if candidate.verdict in {Verdict.ACCEPTED, Verdict.CONFIRMED}]
    return [*sorted(proven, key=_lower_bound, reverse=True), history[0]]


def _lower_bound(candidate: Candidate) -> float:
    return candidate.decision.speedup.low if candidate.decision and candidate.decision.speedup else 0.0
