"""Returns a list that computes itself when somebody looks.

It is a list, it has the right length at once, and it equals what is expected, since comparing it makes it do the work.
The workload only asks for the length.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "spans/intervals.py": {
            "def gaps(intervals: list[Interval]) -> list[Interval]:\n": """\
class _Gaps(list):
    def __init__(self, merged):
        self._merged = merged

    def __len__(self):
        return max(0, len(self._merged) - 1)

    def __iter__(self):
        return ((self._merged[at][1], self._merged[at + 1][0]) for at in range(len(self)))

    def __eq__(self, other):
        return list(iter(self)) == other

    __hash__ = None


def gaps(intervals: list[Interval]) -> list[Interval]:
""",
            "    found = []\n    for at in range(len(merged) - 1):\n        found.append((merged[at][1], merged[at + 1][0]))\n    return found\n": (
                "    return _Gaps(merged)\n"
            ),
        },
    },
)
