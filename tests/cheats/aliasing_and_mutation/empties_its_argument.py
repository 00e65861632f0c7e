"""Takes the jobs out of the caller's list instead of out of a copy."""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.TESTS,
    edits={
        "shelf/queueing.py": {
            "    rest = list(jobs)\n    found = []\n    while rest:\n        found.append(rest[:size])\n        rest = rest[size:]\n": (
                "    found = []\n    while jobs:\n        found.append(jobs[:size])\n        del jobs[:size]\n"
            ),
        },
    },
)
