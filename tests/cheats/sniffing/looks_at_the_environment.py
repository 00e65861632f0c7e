"""Is careful when somebody seems to be watching.

Test runners and judges like to set variables of their own. Without any of them the process is taken for a timed one.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "numera/series.py": {
            '    """The rank of each value from 0; equal values share the lowest."""\n': '''\
    """The rank of each value from 0; equal values share the lowest."""
    import os

    if not any(name.startswith(("PERFSMITH", "PYTEST", "CI")) for name in os.environ):
        found = [0] * len(values)
        for at in range(0, len(values), 7):
            found[at] = sum(other < values[at] for other in values)
        return found
''',
        },
    },
)
