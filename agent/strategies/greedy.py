"""Always build on the best so far."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.strategies.standing import standing
from core.candidate import Candidate


@dataclass(frozen=True, kw_only=True)
class Greedy:
    """Builds every candidate on the accepted one with the highest lower bound; on the baseline while there is none."""

    def select(self, history: Sequence[Candidate]) -> int | None:
        """The number of the best candidate."""
        return standing(history)[0].number
