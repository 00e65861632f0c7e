"""Counts smaller values in a comprehension instead of a loop of statements."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="numera",
    gain=1.1,
    edits={
        "numera/series.py": {
            """\
        below = 0
        for other in values:
            if other < value:
                below += 1
        found.append(below)
""": "        found.append(len([other for other in values if other < value]))\n",
        },
    },
)
