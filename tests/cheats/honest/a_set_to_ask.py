"""Asks a set whether the other text has a word."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="wordstats",
    gain=1.06,
    edits={
        "wordstats/similarity.py": {
            "    both = 0\n    for word in set(left):\n        if word in right:\n            both += 1\n    return both / len(set(left) | set(right))\n": (
                "    ours, theirs = set(left), set(right)\n    return len(ours & theirs) / len(ours | theirs)\n"
            ),
        },
    },
)
