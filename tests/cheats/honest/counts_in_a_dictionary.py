"""Asks the dictionary instead of a list of its keys."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="wordstats",
    gain=1.7,
    edits={
        "wordstats/counting.py": {"        if word in list(counts.keys()):\n": "        if word in counts:\n"},
    },
)
