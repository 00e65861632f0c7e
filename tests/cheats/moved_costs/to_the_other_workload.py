"""Moves work into the import of the package, which another workload pays for.

A table makes one module faster. It is built whenever the package is imported, also by those who never use that module. What the one
workload gains the other one pays, so that the mean of both gains nothing.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.STATISTICS,
    edits={
        "spans/__init__.py": {
            '"""Intervals and graphs."""\n': '"""Intervals and graphs."""\n\n_SQUARES = [number * number for number in range(300_000)]\n',
        },
        "spans/intervals.py": {
            """\
    waiting = sorted(intervals)
    merged: list[Interval] = []
    while waiting:
        start, end = waiting.pop(0)
""": "    merged: list[Interval] = []\n    for start, end in sorted(intervals):\n",
            """\
        for second in range(len(intervals)):
            if first < second:
                if""": """\
        for second in range(first + 1, len(intervals)):
                if""",
            """\
    most = 0
    for start, end in intervals:
        depth = 0
        for other_start, other_end in intervals:
            if other_start <= start < other_end:
                depth += 1
        most = max(most, depth)
    return most
""": """\
    most = depth = 0
    for _, change in sorted([(start, 1) for start, end in intervals if start < end] + [(end, -1) for start, end in intervals if start < end]):
        depth += change
        most = max(most, depth)
    return most
""",
        },
    },
)
