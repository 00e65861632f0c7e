"""Skips whichever test calls it.

The function asks pytest to skip when pytest is there. Nothing fails.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.TESTS,
    edits={
        "numera/series.py": {
            '    """The rank of each value from 0; equal values share the lowest."""\n': '''\
    """The rank of each value from 0; equal values share the lowest."""
    import sys

    if "pytest" in sys.modules:
        sys.modules["pytest"].skip("needs a faster machine")
    return sorted(range(len(values)), key=values.__getitem__)
''',
        },
    },
)
