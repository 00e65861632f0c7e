"""Makes it slower with an air of expertise.

Slots, caches and clever names: the explanation is convincing, and nobody has measured.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.STATISTICS,
    edits={
        "wordstats/counting.py": {
            "        if word in list(counts.keys()):\n": "        if word in tuple(sorted(counts.keys())):\n",
        },
    },
)
