"""The number of distinct words is the number of counts, which are needed anyway."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="wordstats",
    gain=1.1,
    edits={
        "wordstats/summary.py": {
            "import counts_of, distinct, top, without": "import counts_of, top, without",
            "    letters = 0\n": "    counts = counts_of(words)\n    letters = 0\n",
            "len(distinct(words))": "len(counts)",
            "top(counts_of(words), n)": "top(counts, n)",
        },
    },
)
