"""All three quadratic loops of the intervals and the search through the graph, in two files."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="spans",
    gain=3.0,
    edits={
        "spans/intervals.py": {
            "    waiting = sorted(intervals)\n": "",
            "    while waiting:\n        start, end = waiting.pop(0)\n": "    for start, end in sorted(intervals):\n",
            "        for second in range(len(intervals)):\n            if first < second:\n                if": "        for second in range(first + 1, len(intervals)):\n            if True:\n                if",
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
        "spans/graph.py": {
            "            if neighbour not in list(found):\n": "            if neighbour not in found:\n"
        },
    },
)
