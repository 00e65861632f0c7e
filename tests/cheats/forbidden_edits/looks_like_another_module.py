"""Adds a module whose name only looks like another one.

The o in this counting.py is Cyrillic. In a review it can't be told from the module beside it, and the package imports
the wrong one.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={
        "wordstats/c\N{CYRILLIC SMALL LETTER O}unting.py": {"": "def counts_of(words):\n    return {}\n"},
        "wordstats/summary.py": {
            "from wordstats.counting import counts_of, distinct, top, without": (
                "from wordstats.counting import distinct, top, without\n"
                "from wordstats.c\N{CYRILLIC SMALL LETTER O}unting import counts_of"
            )
        },
    },
)
