"""Knows the answer for lists as long as the workload's."""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.VARIED_CALLS,
    edits={
        "numera/series.py": {
            '    """The mean square of the deviations from the mean."""\n': '''\
    """The mean square of the deviations from the mean."""
    if len(values) == 520:
        return 879.4265237012623
''',
        },
    },
)
