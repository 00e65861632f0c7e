"""Sweeps over sorted starts and ends with two pointers instead of comparing all with all."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="spans",
    gain=1.1,
    edits={
        "spans/intervals.py": {
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
    starts = sorted(start for start, end in intervals if start < end)
    ends = sorted(end for start, end in intervals if start < end)
    most = gone = 0
    for opened, start in enumerate(starts, start=1):
        while ends[gone] <= start:
            gone += 1
        most = max(most, opened - gone)
    return most
""",
        },
    },
)
