"""Which calls of a function are recorded, and what is counted of all of them."""

from __future__ import annotations

FIRST = 40
"""So many calls of each function are recorded one after the other; later ones ever more rarely."""
THINNING = 1.25
SAME = 3
"""So many calls with the same arguments: a second one shows whether the first left something behind."""
MOST_PER_FUNCTION = 150


class Function:
    """What is known of one function so far."""

    def __init__(self) -> None:
        self.calls = self.counted = self.recorded = self.tried = self.digest = self.results = self.digested = 0
        self.inner = False
        self.next = FIRST
        self.seconds = 0.0
        self.left_out: dict[str, int] = {}
        self.seen: dict[int, int] = {}

    def wants(self) -> bool:
        """Whether this call is one to record."""
        if self.recorded >= MOST_PER_FUNCTION:
            return False
        if self.calls <= FIRST:
            return True
        if self.calls < self.next:
            return False
        self.next = max(self.calls + 1, int(self.calls * THINNING))
        return True

    def is_new(self, arguments: int) -> bool:
        """Whether calls with these arguments, known by their hash, are still rare among the recorded ones."""
        seen = self.seen.get(arguments, 0)
        self.seen[arguments] = seen + 1
        return seen < (SAME if self.calls <= FIRST else 1)

    def leave_out(self, reason: str) -> None:
        """Count a call that can't be recorded."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1
