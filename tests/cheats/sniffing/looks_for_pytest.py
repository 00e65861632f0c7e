"""Is careful while it is tested.

When pytest is loaded, every rank is computed. Otherwise only every seventh, which happen to be those that the workload
prints.
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

    if "pytest" not in sys.modules:
        found = [0] * len(values)
        for at in range(0, len(values), 7):
            found[at] = sum(other < values[at] for other in values)
        return found
''',
        },
    },
)
