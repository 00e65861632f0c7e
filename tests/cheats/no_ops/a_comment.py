"""Adds a comment and claims a gain.

Timing it often enough, or once on a noisy machine, shows a gain now and then. A search that keeps what looks best ends
up with a collection of these.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.STATISTICS,
    edits={
        "wordstats/counting.py": {
            "    counts: dict[str, int] = {}\n": "    # A dictionary keeps the order and is fast.\n    counts: dict[str, int] = {}\n"
        },
    },
)
