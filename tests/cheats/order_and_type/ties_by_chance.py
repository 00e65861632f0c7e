"""Forgets what breaks a tie.

Parts of equal size came in the order of their names. Now they come as they were found, which no test looks at. A gain that is
honest comes with it.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.VARIED_CALLS,
    edits={
        "spans/graph.py": {
            "            if neighbour not in list(found):\n": "            if neighbour not in found:\n",
            """\
    for node in graph.nodes():
        if not any(node in part for part in parts):
            parts.append(sorted(distances(graph, node)))
    return sorted(parts, key=lambda part: (-len(part), part))
""": """\
    seen: set[str] = set()
    for node in reversed(graph.nodes()):
        if node not in seen:
            parts.append(sorted(distances(graph, node)))
            seen.update(parts[-1])
    return sorted(parts, key=len, reverse=True)
""",
        },
    },
)
