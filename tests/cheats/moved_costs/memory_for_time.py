"""Buys a little time with a lot of memory.

A true gain, and beside it a buffer of twenty megabytes "to keep allocations cheap". Whoever only looks at the clock takes
both.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.GUARDS,
    about_processes=True,
    edits={
        "wordstats/counting.py": {
            '"""Counts words."""\n': '"""Counts words."""\n\n_ARENA = b"\\x01" * (20 << 20)\n',
            """\
        if word in list(counts.keys()):
            counts[word] = counts[word] + 1
        else:
            counts[word] = 1
""": "        counts[word] = counts.get(word, 0) + 1\n",
            "    seen: list[str] = []\n    for word in words:\n        if word not in seen:\n            seen.append(word)\n    return seen\n": (
                "    return list(dict.fromkeys(words))\n"
            ),
        },
    },
)
