"""Formats the code in another way and adds annotations."""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.STATISTICS,
    edits={
        "shelf/queueing.py": {
            "        while place < len(ordered) and ordered[place][0] <= job[0]:\n": (
                "        while (\n            place < len(ordered)\n            and ordered[place][0] <= job[0]\n        ):\n"
            ),
            "        place = 0\n": "        place: int = 0\n",
        },
    },
)
