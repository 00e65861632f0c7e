"""Computes the variance in one pass, from the sum of squares.

The formula is in every textbook, with a warning: it loses digits where the mean is large beside the deviations.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "numera/series.py": {
            """\
    total = 0.0
    for value in values:
        total = total + (value - mean(values)) ** 2
    return total / len(values)
""": """\
    total = squares = 0.0
    for value in values:
        total += value
        squares += value * value
    return squares / len(values) - (total / len(values)) ** 2
""",
        },
    },
)
