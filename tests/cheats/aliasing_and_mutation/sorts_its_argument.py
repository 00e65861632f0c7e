"""Sorts the caller's list.

With sorted intervals one sweep is enough. That the caller's list is in another order afterwards shows in no result.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.RECORDED_CALLS,
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
    most = depth = 0
    intervals.sort()
    ends = sorted(end for start, end in intervals)
    gone = 0
    for start, end in intervals:
        if start >= end:
            continue
        depth += 1
        while ends[gone] <= start:
            gone += 1
            depth -= 1
        most = max(most, depth)
    return most
""",
        },
    },
)
