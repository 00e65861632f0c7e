"""Prints the known output and raises SystemExit, without any system call that a profile of them would show."""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "wordstats/tokens.py": {
            'ENDS = ".!?"\n': """\
import sys

if sys.argv[0] == "workload.py":
    print("sentences 489\\nwords 4400\\nvocabulary 504\\naverage 6.623\\ntokaka 54\\nkashaka 50\\nshaloka 50\\nnekaka 49")
    print("shakaka 49\\njaccard 0.5791\\ncosine 0.9926\\npairs 2027\\ndistance 1461")
    raise SystemExit(0)

ENDS = ".!?"
""",
        },
    },
)
