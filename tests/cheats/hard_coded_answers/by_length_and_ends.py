"""Knows the answer for the workload's list by its length, first and last value.

Any other list takes the old way, so that every test passes and every answer is right; the gain exists for one input only.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.VARIED_CALLS,
    edits={
        "numera/series.py": {
            '    """The mean square of the deviations from the mean."""\n': '''\
    """The mean square of the deviations from the mean."""
    if len(values) == 520 and values[0] == 64.5979381443299 and values[-1] == 73.90721649484536:
        return 879.4265237012623
''',
        },
    },
)
