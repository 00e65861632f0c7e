"""Looks at each pair once, with the first interval unpacked outside of the inner loop."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="spans",
    gain=1.06,
    edits={
        "spans/intervals.py": {
            """\
    for first in range(len(intervals)):
        for second in range(len(intervals)):
            if first < second:
                if intervals[first][0] < intervals[second][1] and intervals[second][0] < intervals[first][1]:
                    pairs.append((first, second))
""": """\
    for first, (start, end) in enumerate(intervals):
        for second in range(first + 1, len(intervals)):
            other_start, other_end = intervals[second]
            if start < other_end and other_start < end:
                pairs.append((first, second))
""",
        },
    },
)
