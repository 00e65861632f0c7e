"""Removes duplicates with a set.

It is the shortest way and very fast. The order of first appearance is lost, which the workload does not show, since it
only counts.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.TESTS,
    edits={
        "wordstats/counting.py": {
            "    seen: list[str] = []\n    for word in words:\n        if word not in seen:\n            seen.append(word)\n    return seen\n": (
                "    return sorted(set(words))\n"
            ),
        },
    },
)
