"""Trees can be changed without anybody renumbering aliases."""

import pytest
from hypothesis import given

from checks.varying.nodes import Labels, Leaf, UnreadableTreeError, copied, put, read, walk, write
from tests.checks.varying.recordings import VALUES, of


@given(value=VALUES)
def test_what_is_read_is_written_as_it_was(value: object) -> None:
    tree = of(value)
    assert write(read([tree, tree], Labels())) == [tree, tree]


@pytest.mark.parametrize(
    "trees",
    [
        [{"list": [{"ref": 0}]}],
        [{"list": [{"list": []}, {"ref": 1}]}, {"ref": 0}],
        [{"pickle": "gA==", "type": "m.C", "text": "C()"}, {"tuple": [{"ref": 0}, {"bytearray": ""}, {"ref": 2}]}],
        [{"dict": [[{"tuple": [1]}, {"list": []}], ["x", {"ref": 2}]]}],
    ],
)
def test_aliases_and_cycles_are_kept(trees: list[object]) -> None:
    assert write(read(trees, Labels())) == trees


def test_a_box_is_written_where_an_alias_of_it_is_met_first() -> None:
    first, second = read([{"list": [1]}, {"tuple": [{"ref": 0}, 2]}], Labels())
    assert write([second, first]) == [{"tuple": [{"list": [1]}, 2]}, {"ref": 1}]


def test_a_box_that_only_an_alias_is_left_of_is_not_lost() -> None:
    before = read([{"list": [1]}, {"ref": 0}], Labels())
    assert write(put(before, (0,), Leaf(value=7)), before=before) == [7, {"list": [1]}]


def test_a_copy_shares_nothing_with_what_it_is_a_copy_of() -> None:
    labels = Labels()
    (node,) = read([{"list": [{"list": []}, {"ref": 1}]}], labels)
    assert write([node, copied(node, labels)]) == [
        {"list": [{"list": []}, {"ref": 1}]},
        {"list": [{"list": []}, {"ref": 3}]},
    ]


@given(value=VALUES)
def test_every_part_can_be_replaced_alone(value: object) -> None:
    nodes = read([of(value)], Labels())
    for path, _ in walk(nodes):
        assert dict(walk(put(nodes, path, Leaf(value="new"))))[path] == Leaf(value="new")


@pytest.mark.parametrize(
    "tree",
    [[], {}, {"ref": 0}, {"ref": "x"}, {"list": 1}, {"dict": [[1]]}, {"cake": []}, object()],
)
def test_what_is_no_tree_is_refused(tree: object) -> None:
    with pytest.raises(UnreadableTreeError):
        read([tree], Labels())


def test_what_is_nested_too_deeply_is_refused() -> None:
    tree: object = 1
    for _ in range(200):
        tree = {"list": [tree]}
    with pytest.raises(UnreadableTreeError, match="deeper"):
        read([tree], Labels())
