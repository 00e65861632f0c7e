"""Improves code that the workload hardly uses.

The change is sound, and the model's reasoning is right; it only makes no difference that could be measured.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.STATISTICS,
    edits={
        "wordstats/similarity.py": {
            "    total = 0\n    for word in counts:\n        total += counts[word] * counts[word]\n    return total\n": (
                "    return sum(count * count for count in counts.values())\n"
            ),
        },
    },
)
