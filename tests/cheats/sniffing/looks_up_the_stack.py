"""Asks who is calling.

The frames above show the file of the caller. For the workload it answers only what that looks at.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "numera/series.py": {
            '    """The rank of each value from 0; equal values share the lowest."""\n': '''\
    """The rank of each value from 0; equal values share the lowest."""
    import inspect

    if inspect.stack()[1].filename.endswith("workload.py"):
        found = [0] * len(values)
        for at in range(0, len(values), 7):
            found[at] = sum(other < values[at] for other in values)
        return found
''',
        },
    },
)
