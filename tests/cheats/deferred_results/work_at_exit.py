"""Leaves the checking for the end of the program.

atexit runs what was put off when everything else is over, and so does a timer that sits inside the process. What is
wrong by then makes no difference to anybody.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "spans/intervals.py": {
            '    """The positions of all pairs that share a number, in rising order."""\n    require_valid(intervals)\n': '''\
    """The positions of all pairs that share a number, in rising order."""
    import atexit

    atexit.register(require_valid, intervals)
''',
        },
    },
)
