"""Finds ranks in a sorted list. What can not be ordered (NaN) is compared as before."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="numera",
    gain=1.5,
    edits={
        "numera/series.py": {
            "import math\n": "import math\nfrom bisect import bisect_left\n",
            "    found = []\n    for value in values:\n        below = 0\n": """\
    if all(value == value for value in values):
        ordered = sorted(values)
        return [bisect_left(ordered, value) for value in values]
    found = []
    for value in values:
        below = 0
""",
        },
    },
)
