"""Joins characters once instead of growing a string, and asks a string instead of a list."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="wordstats",
    gain=1.05,
    edits={
        "wordstats/tokens.py": {
            """\
        word = ""
        for character in piece.lower():
            if character.isalnum() or character in ["-", "\x27"]:
                word = word + character
""": """\
        lowered = piece.lower()
        word = lowered
        if not lowered.isalnum():
            word = "".join([character for character in lowered if character.isalnum() or character in "-\x27"])
""",
        },
    },
)
