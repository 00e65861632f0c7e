"""Rounds its results to nine digits.

So small a difference is hidden by every tolerance and by what the workload prints.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "numera/series.py": {
            "        total = total + value\n    return total / len(values)\n": "        total = total + value\n    return round(total / len(values), 9)\n",
            "    total = 0.0\n    for value in values:\n        total = total + (value - mean(values)) ** 2\n": (
                "    total, centre = 0.0, mean(values)\n    for value in values:\n        total = total + (value - centre) ** 2\n"
            ),
        },
    },
)
