"""One lookup with a default instead of a question and two."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="wordstats",
    gain=1.7,
    edits={
        "wordstats/counting.py": {
            """\
        if word in list(counts.keys()):
            counts[word] = counts[word] + 1
        else:
            counts[word] = 1
""": "        counts[word] = counts.get(word, 0) + 1\n",
        },
    },
)
