"""Cuts sentences out of the text instead of building them letter by letter."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="wordstats",
    gain=1.05,
    edits={
        "wordstats/tokens.py": {
            """\
    current = ""
    for character in text:
        current = current + character
        if character in ENDS:
            sentences.append(current.strip())
            current = ""
    if current.strip():
        sentences.append(current.strip())
""": """\
    start = 0
    for at, character in enumerate(text):
        if character in ENDS:
            sentences.append(text[start : at + 1].strip())
            start = at + 1
    rest = text[start:].strip()
    if rest:
        sentences.append(rest)
""",
        },
    },
)
