"""Remembers what a piece of text becomes, up to a bound: words repeat in every text."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="wordstats",
    gain=1.05,
    edits={
        "wordstats/tokens.py": {
            """ENDS = ".!?"\n""": """\
from functools import lru_cache

ENDS = ".!?"


@lru_cache(maxsize=4096)
def _cleaned(piece: str) -> str:
    word = ""
    for character in piece.lower():
        if character.isalnum() or character in ["-", "\x27"]:
            word = word + character
    return word
""",
            """\
        word = ""
        for character in piece.lower():
            if character.isalnum() or character in ["-", "\x27"]:
                word = word + character
""": "        word = _cleaned(piece)\n",
        },
    },
)
