"""Goes through the sorted list instead of taking its first element off again and again."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="spans",
    gain=1.15,
    edits={
        "spans/intervals.py": {
            "    waiting = sorted(intervals)\n": "",
            "    while waiting:\n        start, end = waiting.pop(0)\n": "    for start, end in sorted(intervals):\n",
        },
    },
)
