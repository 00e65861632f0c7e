"""Counts in the order of the alphabet.

Sorted words can be counted in one pass over runs of equals. The counts are right, the order of the keys is not.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.TESTS,
    edits={
        "wordstats/counting.py": {
            """\
    for word in words:
        if word in list(counts.keys()):
            counts[word] = counts[word] + 1
        else:
            counts[word] = 1
    return counts
""": """\
    for word in sorted(words):
        counts[word] = counts.get(word, 0) + 1
    return counts
""",
        },
    },
)
