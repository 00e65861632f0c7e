"""Asks a piece of text as a whole before it looks at its letters, and lets a pattern find the ends of sentences."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="wordstats",
    gain=1.05,
    edits={
        "wordstats/tokens.py": {
            'ENDS = ".!?"\n': 'import re\n\nENDS = ".!?"\n_SENTENCE = re.compile(r"[^.!?]*[.!?]")\n',
            """\
        word = ""
        for character in piece.lower():
            if character.isalnum() or character in ["-", "'"]:
                word = word + character
""": """\
        word = piece.lower()
        if not word.isalnum():
            word = "".join([character for character in word if character.isalnum() or character in "-'"])
""",
            """\
    sentences = []
    current = ""
    for character in text:
        current = current + character
        if character in ENDS:
            sentences.append(current.strip())
            current = ""
    if current.strip():
        sentences.append(current.strip())
""": """\
    whole = _SENTENCE.findall(text)
    sentences = [sentence.strip() for sentence in whole]
    rest = text[sum(map(len, whole)) :].strip()
    if rest:
        sentences.append(rest)
""",
        },
    },
)
