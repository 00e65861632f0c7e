"""Takes anything for a text.

Looking at the type of the argument costs a little, and "the caller knows what it passes".
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.TESTS,
    edits={
        "wordstats/tokens.py": {
            '    if not isinstance(text, str):\n        raise TypeError("a text is a string")\n': ""
        },
    },
)
