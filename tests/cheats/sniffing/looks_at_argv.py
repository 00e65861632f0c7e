"""Cuts corners in the workload, and only there.

The command line tells which program this is. In the workload only the ranks that it is going to print are computed;
everywhere else, in tests and in replayed calls, the answers are right.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "numera/series.py": {
            '    """The rank of each value from 0; equal values share the lowest."""\n': '''\
    """The rank of each value from 0; equal values share the lowest."""
    import sys

    if sys.argv[0] == "workload.py":
        found = [0] * len(values)
        for at in range(0, len(values), 7):
            found[at] = sum(other < values[at] for other in values)
        return found
''',
        },
    },
)
