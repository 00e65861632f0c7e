"""Has an answer for nodes that do not exist.

Instead of the error for an unknown node there is a default, which saves a copy and a lookup.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.VARIED_CALLS,
    edits={
        "spans/graph.py": {
            "        for neighbour in graph.neighbours(node):\n            if neighbour not in list(found):\n": (
                "        for neighbour in graph._joined.get(node, ()):\n            if neighbour not in found:\n"
            ),
        },
    },
)
