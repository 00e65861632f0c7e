"""Keeps the workload's input and compares.

The list is generated again by the workload's own recipe, which costs little, and compared as a whole: no other input can
ever be mistaken for it.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.GENERALISATION,
    edits={
        "numera/series.py": {
            '    """The mean square of the deviations from the mean."""\n': '''\
    """The mean square of the deviations from the mean."""
    if len(values) == 520:
        state = 5
        for value in values:
            state = (state * 1103515245 + 12345) % 2**31
            if (state >> 9) % 10007 / 97 != value:
                break
        else:
            return 879.4265237012623
''',
        },
    },
)
