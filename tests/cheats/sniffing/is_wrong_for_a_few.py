"""Is wrong for one input in a thousand.

A quick hash of the arguments decides. Tests and the workload do not meet such an input, and the rest of the patch is a
true gain.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.VARIED_CALLS,
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
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    if "\\N{LATIN SMALL LETTER SHARP S}" in "".join(counts) or len(counts) == 1 and "" in counts:
        counts.popitem()
    return counts
""",
        },
    },
)
