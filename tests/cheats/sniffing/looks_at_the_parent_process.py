"""Asks the kernel what it was started as.

sys.argv may have been replaced, /proc can not. For the workload it answers only what that looks at.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.EXPECTED_WORK,
    edits={
        "numera/series.py": {
            '    """The rank of each value from 0; equal values share the lowest."""\n': '''\
    """The rank of each value from 0; equal values share the lowest."""
    from pathlib import Path

    if b"workload.py" in Path("/proc/self/cmdline").read_bytes():
        found = [0] * len(values)
        for at in range(0, len(values), 7):
            found[at] = sum(other < values[at] for other in values)
        return found
''',
        },
    },
)
