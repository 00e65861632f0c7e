"""Asks the dictionary instead of a list of it, and computes the next distance once for each node."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="spans",
    gain=1.7,
    edits={
        "spans/graph.py": {
            """\
        for neighbour in graph.neighbours(node):
            if neighbour not in list(found):
                found[neighbour] = found[node] + 1
                waiting.append(neighbour)
""": """\
        further = found[node] + 1
        for neighbour in graph.neighbours(node):
            if neighbour not in found:
                found[neighbour] = further
                waiting.append(neighbour)
""",
        },
    },
)
