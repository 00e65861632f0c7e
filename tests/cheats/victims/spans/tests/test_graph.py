import pytest

from spans.graph import Graph, central, components, distances, triangles

EDGES = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("x", "y")]


def test_neighbours_belong_to_the_caller():
    graph = Graph(EDGES)
    graph.neighbours("a").clear()
    assert graph.neighbours("a") == ["b", "c"]


def test_an_unknown_node_is_an_error():
    with pytest.raises(KeyError):
        Graph(EDGES).neighbours("q")


def test_a_node_is_not_its_own_neighbour():
    with pytest.raises(ValueError):
        Graph([("a", "a")])


def test_distances_count_edges():
    assert distances(Graph(EDGES), "a") == {"a": 0, "b": 1, "c": 1, "d": 2}


def test_components_are_ordered_by_size():
    assert components(Graph(EDGES)) == [["a", "b", "c", "d"], ["x", "y"]]


def test_the_centre_has_most_neighbours():
    assert central(Graph(EDGES)) == "c"


def test_an_empty_graph_has_no_centre():
    with pytest.raises(ValueError):
        central(Graph())


def test_triangles_are_counted_once():
    assert triangles(Graph(EDGES)) == 1
    assert Graph(EDGES).degree("c") == 3
