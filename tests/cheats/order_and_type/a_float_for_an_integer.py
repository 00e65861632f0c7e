"""Adds up in floating point.

The sum of whole numbers is a whole number; here it becomes a float, equal to it as long as it is small.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.WORKLOAD_OUTPUT,
    edits={
        "spans/intervals.py": {
            "    total = 0\n    for start, end in merge(intervals):\n        total = total + (end - start)\n    return total\n": (
                "    return sum((end - start for start, end in merge(intervals)), 0.0)\n"
            ),
        },
    },
)
