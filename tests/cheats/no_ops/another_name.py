"""Renames a local variable, for speed."""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.STATISTICS,
    edits={
        "numera/series.py": {
            "        below = 0\n        for other in values:\n            if other < value:\n                below += 1\n        found.append(below)\n": (
                "        n = 0\n        for other in values:\n            if other < value:\n                n += 1\n        found.append(n)\n"
            ),
        },
    },
)
