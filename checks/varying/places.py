"""What was observed at each place of a function's arguments, over all calls that it got."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from checks.varying.calls import Call
from checks.varying.nodes import SETS, Box, Leaf, Node, Path, kind_of

Place = tuple[str, ...]
"""The function, the argument, and then what kind of part of it."""

MOST_EXAMPLES = 64
"""How many values are remembered for one place."""
FIELDS = 16
"""A dict with more keys is a mapping of like things; one with fewer, all of them text, is a record."""


@dataclass(kw_only=True)
class Observed:
    """What is known about one place."""

    kinds: set[str] = field(default_factory=set)
    examples: list[Node] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Places:
    """What was observed, by place."""

    by_place: Mapping[Place, Observed]

    @classmethod
    def of(cls, calls: Sequence[Call]) -> "Places":
        """Everything that `calls` show."""
        found: dict[Place, Observed] = defaultdict(Observed)
        for call in calls:
            for place, _, node in places_of(call, call.arguments):
                _learn(found[place], node)
        return cls(by_place=dict(found))

    def at(self, place: Place) -> Observed:
        """What was observed there; nothing where no call has such a place."""
        return self.by_place.get(place, Observed())

    def has_seen(self, call: Call, arguments: Sequence[Node]) -> bool:
        """Whether each value in `arguments` has a type that was observed at its place."""
        return all(
            kind_of(node) in self.at(place).kinds or kind_of(node) == "alias"
            for place, _, node in places_of(call, arguments)
        )


def _learn(observed: Observed, node: Node) -> None:
    observed.kinds.add(kind_of(node))
    if isinstance(node, Box):
        observed.lengths.append(len(node.items) // (2 if node.kind == "dict" else 1))
    if len(observed.examples) < MOST_EXAMPLES and node not in observed.examples:
        observed.examples.append(node)


def places_of(call: Call, arguments: Sequence[Node]) -> Iterator[tuple[Place, Path, Node]]:
    """Every node of `arguments` with its place and the way to it."""
    for position, (name, node) in enumerate(zip(call.names, arguments, strict=True)):
        yield from _inside((call.function, name), (position,), node)


def _inside(place: Place, path: Path, node: Node) -> Iterator[tuple[Place, Path, Node]]:
    yield place, path, node
    if isinstance(node, Box):
        for position, (part, item) in enumerate(zip(part_names(node), node.items, strict=True)):
            yield from _inside((*place, part), (*path, position), item)


def part_names(box: Box) -> Iterator[str]:
    """For each item what it is of its box: fields of tuples and of records are told apart, elements are not."""
    if box.kind == "dict":
        keys = box.items[::2]
        is_record = len(keys) <= FIELDS and all(isinstance(key, Leaf) and isinstance(key.value, str) for key in keys)
        for key in keys:
            yield "key"
            yield f"value {key.value}" if is_record and isinstance(key, Leaf) else "value"
    elif box.kind == "tuple" and len(box.items) <= FIELDS:
        yield from (f"item {position}" for position in range(len(box.items)))
    else:
        yield from ("element" for _ in box.items)


def is_hashed(arguments: Sequence[Node], path: Path) -> bool:
    """Whether the value there is an element of a set or a key of a dict, or inside one, so that it has to be hashable."""
    node: Node = Box(kind="tuple", label=-1, items=tuple(arguments))
    for position in path:
        if not isinstance(node, Box):
            return False
        if node.kind in SETS or (node.kind == "dict" and position % 2 == 0):
            return True
        node = node.items[position]
    return False
