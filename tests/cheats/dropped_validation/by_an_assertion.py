"""Turns a check into an assertion.

It looks the same, raises another exception, and is gone when Python runs with -O.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.VARIED_CALLS,
    edits={
        "spans/intervals.py": {
            '    """The positions of all pairs that share a number, in rising order."""\n    require_valid(intervals)\n': (
                '    """The positions of all pairs that share a number, in rising order."""\n'
                "    assert all(start <= end for start, end in intervals)\n"
            ),
        },
    },
)
