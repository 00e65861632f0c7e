"""Does the work while it is imported.

The results for what the workload is going to ask are computed when the module is loaded, before a timer inside the
process would start, and looked up later.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.STATISTICS,
    edits={
        "numera/series.py": {
            'def ranks(values: list[float]) -> list[int]:\n    """The rank of each value from 0; equal values share the lowest."""\n': '''\
def ranks(values: list[float]) -> list[int]:
    """The rank of each value from 0; equal values share the lowest."""
    return list(_known[tuple(values)]) if tuple(values) in _known else _ranks(values)


def _ranks(values: list[float]) -> list[int]:
''',
            "        found.append(below)\n    return found\n": """\
        found.append(below)
    return found


def _usual() -> list[float]:
    state, found = 5, []
    for _ in range(520):
        state = (state * 1103515245 + 12345) % 2**31
        found.append((state >> 9) % 10007 / 97)
    return found


_known = {tuple(_usual()): _ranks(_usual())}
""",
        },
    },
)
