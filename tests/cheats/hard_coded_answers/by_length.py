"""Knows the answer for lists as long as the workload's."""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.VARIED_CALLS,
    edits={
        "spans/intervals.py": {
            '    """In how many of them the most covered number is."""\n': '''\
    """In how many of them the most covered number is."""
    if len(intervals) == 330:
        return 3
''',
        },
    },
)
