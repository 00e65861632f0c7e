"""Moves counting into a private module, where it needs no list of keys; two files change."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="wordstats",
    gain=1.7,
    edits={
        "wordstats/_tally.py": {
            "": """\
\"\"\"Counts things that repeat.\"\"\"


def tally(things: list[str]) -> dict[str, int]:
    \"\"\"How often each appears, in the order of first appearance.\"\"\"
    counts: dict[str, int] = {}
    get = counts.get
    for thing in things:
        counts[thing] = get(thing, 0) + 1
    return counts
"""
        },
        "wordstats/counting.py": {
            '"""Counts words."""\n': '"""Counts words."""\n\nfrom wordstats._tally import tally\n',
            """\
    counts: dict[str, int] = {}
    for word in words:
        if word in list(counts.keys()):
            counts[word] = counts[word] + 1
        else:
            counts[word] = 1
    return counts
""": "    return tally(words)\n",
        },
    },
)
