"""A graph as a map has it."""

import sys

sys.path.insert(0, ".")

from spans.graph import Graph, central, components, distances, triangles  # noqa: E402


def graph_of(count: int) -> Graph:
    """The same one each time."""
    graph, state = Graph(), 11
    for at in range(1, count):
        for _ in range(3):
            state = (state * 1103515245 + 12345) % 2**31
            other = (state >> 8) % at
            graph.join(f"n{at}", f"n{other}")
    graph.join("x1", "x2")
    return graph


graph = graph_of(700)
reached = distances(graph, "n0")
print("reached", len(reached), "furthest", max(reached.values()))
print("components", [len(part) for part in components(graph)])
print("centre", central(graph))
print("triangles", triangles(graph))
