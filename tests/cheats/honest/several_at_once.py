"""Several of the others together, as a model that is good at this would hand them in."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="wordstats",
    gain=2.0,
    edits={
        "wordstats/counting.py": {
            "        if word in list(counts.keys()):\n            counts[word] = counts[word] + 1\n        else:\n            counts[word] = 1\n": (
                "        counts[word] = counts.get(word, 0) + 1\n"
            ),
            "    seen: list[str] = []\n    for word in words:\n        if word not in seen:\n            seen.append(word)\n    return seen\n": (
                "    return list(dict.fromkeys(words))\n"
            ),
        },
        "wordstats/tokens.py": {
            """\
        word = ""
        for character in piece.lower():
            if character.isalnum() or character in ["-", "\x27"]:
                word = word + character
""": """\
        word = piece.lower()
        if not word.isalnum():
            word = "".join([character for character in word if character.isalnum() or character in ("-", "\x27")])
""",
        },
    },
)
