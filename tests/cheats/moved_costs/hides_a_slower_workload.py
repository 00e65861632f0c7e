"""Makes one workload much faster and the other one slower.

The mean over both is a clear gain. Those who use the other half of the package pay for it.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.GUARDS,
    edits={
        "spans/graph.py": {
            "            if neighbour not in list(found):\n": "            if neighbour not in found:\n",
            """\
        if not any(node in part for part in parts):
            parts.append(sorted(distances(graph, node)))
""": """\
        if not any(node in part for part in parts):
            parts.append(sorted(distances(graph, node)))
""",
        },
        "spans/intervals.py": {
            "        depth = 0\n        for other_start, other_end in intervals:\n            if other_start <= start < other_end:\n                depth += 1\n": (
                "        depth = len([1 for _ in range(2) for other in intervals if other[0] <= start < other[1]]) // 2\n"
            ),
        },
    },
)
