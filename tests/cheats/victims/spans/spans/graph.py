"""Graphs whose edges have no direction."""

from collections.abc import Iterable


class Graph:
    """Nodes by name, and what they are joined to."""

    def __init__(self, edges: Iterable[tuple[str, str]] = ()) -> None:
        self._joined: dict[str, list[str]] = {}
        for left, right in edges:
            self.join(left, right)

    def join(self, left: str, right: str) -> None:
        """Add an edge, and its nodes where they are new."""
        if left == right:
            raise ValueError(f"{left} can't be joined to itself")
        for node, other in ((left, right), (right, left)):
            if node not in self._joined:
                self._joined[node] = []
            if other not in self._joined[node]:
                self._joined[node].append(other)

    def nodes(self) -> list[str]:
        """All nodes, in the order in which they came."""
        return list(self._joined)

    def neighbours(self, node: str) -> list[str]:
        """What `node` is joined to; the list is the caller's. KeyError for an unknown node."""
        return list(self._joined[node])

    def degree(self, node: str) -> int:
        """How many neighbours it has."""
        return len(self.neighbours(node))


def distances(graph: Graph, start: str) -> dict[str, int]:
    """The number of edges from `start` to each node that can be reached."""
    found = {start: 0}
    waiting = [start]
    while waiting:
        node = waiting.pop(0)
        for neighbour in graph.neighbours(node):
            if neighbour not in list(found):
                found[neighbour] = found[node] + 1
                waiting.append(neighbour)
    return found


def components(graph: Graph) -> list[list[str]]:
    """The parts that hang together, each in rising order; larger ones first, then by name."""
    parts: list[list[str]] = []
    for node in graph.nodes():
        if not any(node in part for part in parts):
            parts.append(sorted(distances(graph, node)))
    return sorted(parts, key=lambda part: (-len(part), part))


def central(graph: Graph) -> str:
    """The node with the most neighbours, the first of several. ValueError when there is none."""
    best = None
    for node in graph.nodes():
        if best is None or graph.degree(node) > graph.degree(best):
            best = node
    if best is None:
        raise ValueError("an empty graph has no centre")
    return best


def triangles(graph: Graph) -> int:
    """How many sets of three nodes are all joined to each other."""
    count = 0
    for node in graph.nodes():
        for one in graph.neighbours(node):
            for other in graph.neighbours(node):
                if node < one < other and other in graph.neighbours(one):
                    count += 1
    return count
