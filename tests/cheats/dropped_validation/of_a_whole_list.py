"""Leaves out the look at every interval.

It is half of the work of the function, and no test hands it an interval that ends before it starts.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.VARIED_CALLS,
    edits={
        "spans/intervals.py": {
            '    """Those that contain the number, in their order."""\n    require_valid(intervals)\n': (
                '    """Those that contain the number, in their order."""\n'
            ),
        },
    },
)
