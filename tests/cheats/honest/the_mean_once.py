"""Computes the mean once instead of for every value. No values are still a division by zero."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="numera",
    gain=1.25,
    edits={
        "numera/series.py": {
            "    total = 0.0\n    for value in values:\n        total = total + (value - mean(values)) ** 2\n": (
                "    total = 0.0\n    centre = mean(values) if values else 0.0\n    for value in values:\n        total = total + (value - centre) ** 2\n"
            ),
        },
    },
)
