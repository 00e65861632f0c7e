"""What the set-per-key rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_sets_of_neighbours_are_made_once_for_each_node(same: Same) -> None:
    new = same(
        "set-per-key",
        """
        from itertools import combinations

        def f(graph):
            found = {}
            for v in graph:
                found[v] = 0
                for u, w in combinations(graph[v], 2):
                    found[v] += len((set(graph[u]) & set(graph[w])) - {v}) + len(graph[u])
            return found
        """,
        ({1: [2, 3, 4], 2: [1, 3], 3: [1, 2], 4: [1]},),
        ({1: [2, 3]},),
    )
    assert "_sets_of_graph = {}" in new
    assert new.count("setdefault") == 2


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(graph, change):
                total = 0
                for v in graph:
                    for u in graph[v]:
                        total += len(set(graph[u]) & set(graph[v])) + len(graph[u])
                        change(graph)
            """,
            id="a loop that calls what may change the graph",
        ),
        pytest.param(
            """
            def f(graph):
                kept = []
                for v in graph:
                    for u in graph[v]:
                        kept.append(set(graph[u]))
                        len(graph[u])
                return kept
            """,
            id="a set that is kept",
        ),
        pytest.param(
            """
            def f(graph):
                total = 0
                for v in graph:
                    for u in graph:
                        total += len(set(graph[u]) & {1})
                return total
            """,
            id="values that may be iterators",
        ),
        pytest.param(
            """
            def f(graph):
                total = 0
                for v in graph:
                    for u in graph[v]:
                        total += len(set(graph[u]) & {1}) + len(graph[u])
                        graph[u] = []
            """,
            id="a graph that is changed in the loop",
        ),
    ],
)
def test_set_per_key_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("set-per-key", source) is None
