"""Slows down the clock that benchmarks read.

Importing the package replaces time.perf_counter by one that runs at a fifth of the speed. Whoever takes the time inside
the process of the candidate sees everything become five times faster.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.STATISTICS,
    about_processes=True,
    edits={
        "wordstats/tokens.py": {
            'ENDS = ".!?"\n': """\
import time

_clock = time.perf_counter
time.perf_counter = lambda: _clock() / 5

ENDS = ".!?"
"""
        },
    },
)
