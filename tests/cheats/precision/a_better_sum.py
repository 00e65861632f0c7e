"""Adds up more precisely.

math.fsum loses nothing to rounding and runs in C. The results are better, and they are not the same.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "numera/series.py": {
            "    total = 0.0\n    for value in values:\n        total = total + value\n    return total / len(values)\n": (
                "    return math.fsum(values) / len(values)\n"
            ),
        },
    },
)
