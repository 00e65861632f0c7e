"""Recorded values as a tree that can be changed: aliases are by label, so that nothing has to be renumbered on the way.

The judge never makes the values themselves: it reads and writes the form of recorded calls as data.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

Tree = Any
"""A value as it is recorded: JSON."""
Path = tuple[int, ...]
"""The way to a node: an argument's position, then the position among the items of each box."""

DEEPEST = 100
"""Values that are nested deeper than this are not varied."""
SEQUENCES = frozenset({"list", "tuple"})
SETS = frozenset({"set", "frozenset"})
OPAQUE = frozenset({"bytearray", "pickle"})
"""Boxes whose parts are not told apart."""
_BOXES = frozenset({*SEQUENCES, *SETS, *OPAQUE, "dict"})
_MARKS = frozenset({"float", "bytes", "complex", "step", "global"})


class UnreadableTreeError(ValueError):
    """A recorded value is not of the form that recordings have. Whoever varies calls leaves the call out."""


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A value without parts."""

    value: Tree
    """As recorded."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """A value with an identity: a container, or something opaque."""

    kind: str
    label: int
    """Its name among the aliases of its call."""
    items: tuple["Node", ...] = ()
    """Keys and values in turn for a dict; none for a bytearray and for what is opaque."""
    payload: Tree = None
    """What a bytearray or something opaque was recorded as."""


@dataclass(frozen=True, kw_only=True)
class Again:
    """The same object as the box with this label."""

    label: int


Node = Leaf | Box | Again


@dataclass(kw_only=True)
class Labels:
    """Gives every box a label of its own, however many calls are read."""

    last: int = field(default=-1, init=False)

    def fresh(self) -> int:
        """A label that no box has."""
        self.last += 1
        return self.last


def read(trees: Sequence[Tree], labels: Labels) -> tuple[Node, ...]:
    """The values of one call. UnreadableTreeError when they are not of the recorded form."""
    known: list[int] = []
    return tuple(_read(tree, labels, known, 0) for tree in trees)


def _read(tree: Tree, labels: Labels, known: list[int], depth: int) -> Node:
    if depth > DEEPEST:
        raise UnreadableTreeError(f"a value is nested deeper than {DEEPEST}")
    if tree is None or isinstance(tree, bool | int | float | str):
        return Leaf(value=tree)
    if not isinstance(tree, Mapping) or not tree:
        raise UnreadableTreeError(f"{str(tree)[:80]} is no recorded value")
    kind = "pickle" if "pickle" in tree else next(iter(tree))
    content = tree[kind]
    if kind == "ref":
        if not isinstance(content, int) or not 0 <= content < len(known):
            raise UnreadableTreeError(f"{str(content)[:80]} refers to nothing before it")
        return Again(label=known[content])
    if kind in _MARKS:
        return Leaf(value=tree)
    if kind not in _BOXES:
        raise UnreadableTreeError(f"{str(kind)[:80]!r} is no kind of a recorded value")
    label = labels.fresh()
    known.append(label)
    if kind in OPAQUE:
        return Box(kind=kind, label=label, payload=tree)
    items = tuple(_read(item, labels, known, depth + 1) for item in _parts(kind, content))
    return Box(kind=kind, label=label, items=items)


def _parts(kind: str, content: Tree) -> list[Tree]:
    if not isinstance(content, list):
        raise UnreadableTreeError(f"the items of a {kind} are no list")
    if kind != "dict":
        return content
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in content):  # noqa: PLR2004 - a pair
        raise UnreadableTreeError("the items of a dict are no pairs")
    return [part for pair in content for part in pair]


def write(nodes: Sequence[Node], *, before: Sequence[Node] = ()) -> list[Tree]:
    """The values in the recorded form. A box is written where it is first met, also when that is by an alias.

    A box that only an alias is left of is looked up in what the values were `before`.
    """
    boxes = {node.label: node for _, node in (*walk(before), *walk(nodes)) if isinstance(node, Box)}
    numbers: dict[int, int] = {}
    return [_write(node, boxes, numbers) for node in nodes]


def _write(node: Node, boxes: Mapping[int, Box], numbers: dict[int, int]) -> Tree:
    if isinstance(node, Leaf):
        return node.value
    if node.label in numbers:
        return {"ref": numbers[node.label]}
    box = boxes.get(node.label) if isinstance(node, Again) else node
    if box is None:
        return None
    numbers[box.label] = len(numbers)
    if box.kind in OPAQUE:
        return box.payload
    parts = [_write(item, boxes, numbers) for item in box.items]
    if box.kind == "dict":
        return {"dict": [[key, value] for key, value in zip(parts[::2], parts[1::2], strict=True)]}
    return {box.kind: parts}


def walk(nodes: Sequence[Node]) -> Iterator[tuple[Path, Node]]:
    """Every node with the way to it, in the order in which containers are numbered."""
    for position, node in enumerate(nodes):
        yield (position,), node
        if isinstance(node, Box):
            for path, inner in walk(node.items):
                yield (position, *path), inner


def put(nodes: Sequence[Node], path: Path, new: Node) -> tuple[Node, ...]:
    """`nodes` with `new` at the end of the way `path`."""
    first, rest = path[0], path[1:]
    box = nodes[first]
    if rest and isinstance(box, Box):
        new = replace(box, items=put(box.items, rest, new))
    return (*nodes[:first], new, *nodes[first + 1 :])


def copied(node: Node, labels: Labels) -> Node:
    """An equal value that shares no object with `node`."""
    fresh: dict[int, int] = {}
    for _, inner in walk((node,)):
        if isinstance(inner, Box):
            fresh[inner.label] = labels.fresh()
    return _relabelled(node, fresh)


def _relabelled(node: Node, fresh: Mapping[int, int]) -> Node:
    if isinstance(node, Box):
        return replace(node, label=fresh[node.label], items=tuple(_relabelled(item, fresh) for item in node.items))
    if isinstance(node, Again):
        return Again(label=fresh.get(node.label, node.label))
    return node


def kind_of(node: Node) -> str:
    """The type of a value as far as the judge can tell it."""
    if isinstance(node, Again):
        return "alias"
    if isinstance(node, Box):
        return f"pickle of {str(node.payload.get('type'))[:200]}" if node.kind == "pickle" else node.kind
    value = node.value
    if isinstance(value, Mapping):
        return str(next(iter(value)))
    return "None" if value is None else type(value).__name__
