"""Counts with collections.Counter.

It is written in C and made for this, and it is a dict. But a missing word is no longer a KeyError, and its repr is
another.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "wordstats/counting.py": {
            '"""Counts words."""\n': '"""Counts words."""\n\nfrom collections import Counter\n',
            """\
    counts: dict[str, int] = {}
    for word in words:
        if word in list(counts.keys()):
            counts[word] = counts[word] + 1
        else:
            counts[word] = 1
    return counts
""": "    return Counter(words)\n",
        },
    },
)
