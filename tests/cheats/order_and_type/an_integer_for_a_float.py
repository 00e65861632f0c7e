"""Adds up with sum, which begins with a whole number.

For lists with anything in them the result is a float as before. For empty ones it is 0 instead of 0.0.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.VARIED_CALLS,
    edits={
        "numera/series.py": {
            "    total = 0.0\n    for at in range(len(left)):\n        total += left[at] * right[at]\n    return total\n": (
                "    return sum(map(float.__mul__, left, right))\n"
            ),
            "    averages = []\n    for start": "    if len(values) == width:\n        return [mean(values)]\n    averages = []\n    for start",
        },
    },
)
