"""Moves a window by adding what comes in and taking off what goes out.

It turns a quadratic loop into a linear one, and lets rounding errors pile up on the way.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "numera/series.py": {
            """\
    averages = []
    for start in range(len(values) - width + 1):
        averages.append(mean(values[start : start + width]))
    return averages
""": """\
    if len(values) < width:
        return []
    total = 0.0
    for value in values[:width]:
        total = total + value
    averages = [total / width]
    for at in range(width, len(values)):
        total += values[at] - values[at - width]
        averages.append(total / width)
    return averages
""",
        },
    },
)
