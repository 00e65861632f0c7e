"""Keep several lines of attack alive."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agent.strategies.standing import standing
from core.candidate import Candidate
from core.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Beam:
    """Among the `width` best (the baseline counts as one), builds on the one with the fewest children."""

    width: int = 3

    def __post_init__(self) -> None:
        """Refuse a beam without a candidate."""
        if self.width < 1:
            raise ConfigError(f"the beam's width is {self.width}; it must be 1 or more")

    def select(self, history: Sequence[Candidate]) -> int | None:
        """The number of the least explored of the best candidates."""
        children = Counter(candidate.parent for candidate in history)
        return min(standing(history)[: self.width], key=lambda candidate: children[candidate.number]).number
