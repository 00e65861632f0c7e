"""Keys of a dictionary are distinct and in order."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="wordstats",
    gain=1.1,
    edits={
        "wordstats/counting.py": {
            "    seen: list[str] = []\n    for word in words:\n        if word not in seen:\n            seen.append(word)\n    return seen\n": (
                "    return list(dict.fromkeys(words))\n"
            ),
        },
    },
)
