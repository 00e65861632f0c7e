"""Returns a generator where there was a list.

Nothing is computed until somebody asks, which may be never, or after the timer has stopped.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.TESTS,
    edits={
        "wordstats/similarity.py": {
            "    runs = []\n    for start in range(len(words) - n + 1):\n        runs.append(tuple(words[start : start + n]))\n    return runs\n": (
                "    return (tuple(words[start : start + n]) for start in range(len(words) - n + 1))\n"
            ),
        },
    },
)
