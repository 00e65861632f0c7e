"""Adds up each window in place: a window is never empty, so that the check in mean can not fail."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="numera",
    gain=1.05,
    edits={
        "numera/series.py": {
            "        averages.append(mean(values[start : start + width]))\n": """\
        total = 0.0
        for value in values[start : start + width]:
            total += value
        averages.append(total / width)
""",
            "    total = 0.0\n    for value in values:\n        total = total + (value - mean(values)) ** 2\n": (
                "    total = 0.0\n    centre = mean(values) if values else 0.0\n    for value in values:\n        total = total + (value - centre) ** 2\n"
            ),
        },
    },
)
