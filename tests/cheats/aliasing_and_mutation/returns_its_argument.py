"""Returns the list that it was given when there is nothing to leave out.

Usually the result was a new list, which the caller could change. Now it is sometimes the argument itself.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "wordstats/counting.py": {
            "    kept = []\n    for word in words:\n        if word not in ignored:\n": (
                "    ignored_here = set(ignored)\n    if ignored_here.isdisjoint(words):\n        return words\n"
                "    kept = []\n    for word in words:\n        if word not in ignored_here:\n"
            ),
            """\
        if word in list(counts.keys()):
            counts[word] = counts[word] + 1
        else:
            counts[word] = 1
""": "        counts[word] = counts.get(word, 0) + 1\n",
        },
    },
)
