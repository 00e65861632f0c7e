"""Recorded calls with other arguments of the same size, to see whether a gain is one on other inputs, too.

What repeats in the recording repeats in the variation, over all its steps: an honest memory of results keeps its gain.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from checks.calls.steps import Step
from checks.varying.calls import Call, calls_of, with_arguments
from checks.varying.nodes import Box, Labels, Leaf, Node, kind_of, walk
from checks.varying.places import FIELDS
from checks.varying.renaming import Exchange, Renaming


class Strength(StrEnum):
    """How much changes; a function may refuse arguments that changed too much."""

    RENAMED = "renamed"
    """Letters and digits of texts, and all but the smallest numbers."""
    LETTERS = "letters"
    """Letters of texts but for the keys of records; numbers inside of containers change places."""
    INSIDE = "inside"
    """As the first, but only inside of containers, and but for the keys of records."""
    REORDERED = "reordered"
    """Only the order of the items of lists."""
    TOUCHED = "touched"
    """The first and the last item of one list change places, or one value is another."""


LONG_TUPLE = FIELDS
"""A tuple of more items is a sequence of like things; the items of a shorter one each have their own meaning."""
_ORDERED = 3
"""So many items that stand in order are in order on purpose."""


def same_size(steps: Sequence[Step], *, seed: str, strength: Strength = Strength.RENAMED) -> list[Step]:
    """The same steps with other arguments; a step that can't be read stays as it is."""
    labels = Labels()
    calls = list(calls_of(steps, labels))
    vary = _variation(calls, seed, strength)
    varied = list(steps)
    for call in calls:
        varied[call.position] = with_arguments(call, vary(call.arguments))
    return varied


def changed(steps: Sequence[Step], varied: Sequence[Step]) -> set[int]:
    """The positions of the steps whose arguments, or the objects among them, are others than before."""
    found: set[int] = set()
    for position, (old, new) in enumerate(zip(steps, varied, strict=True)):
        if old != new or old.uses & found:
            found.add(position)
    return found


Arguments = tuple[Node, ...]


def _variation(calls: Sequence[Call], seed: str, strength: Strength) -> Callable[[Arguments], Arguments]:
    opaque = _Opaque.among(calls, seed)
    full = _Leaves(rename=Renaming(seed=seed).leaf, opaque=opaque, seed=seed)
    records = frozenset(_record_keys(calls))
    match strength:
        case Strength.RENAMED:
            return full.everywhere
        case Strength.LETTERS:
            letters = Renaming(seed=seed, digits=False, numbers=False, kept=records)
            exchange = Exchange.among(_numbers_inside(calls), seed=seed)
            return replace(full, rename=letters.leaf, inner=lambda leaf: exchange.leaf(letters.leaf(leaf))).everywhere
        case Strength.INSIDE:
            return replace(full, rename=lambda leaf: leaf, inner=Renaming(seed=seed, kept=records).leaf).everywhere
        case Strength.REORDERED:
            return replace(full, rename=lambda leaf: leaf, inner=lambda leaf: leaf).everywhere
        case Strength.TOUCHED:
            return lambda arguments: _touched(arguments, full)


@dataclass(frozen=True, kw_only=True)
class _Opaque:
    """What the judge can't look into changes places with its like: of the same type and the same length."""

    others: dict[str, Any]

    @classmethod
    def among(cls, calls: Sequence[Call], seed: str) -> "_Opaque":
        chance = random.Random(f"{seed}:opaque")  # noqa: S311 - a variation, not a secret
        groups: dict[tuple[str, int], dict[str, Any]] = {}
        for call in calls:
            for _, node in walk(call.arguments):
                if isinstance(node, Box) and node.kind == "pickle":
                    content = str(node.payload["pickle"])
                    groups.setdefault((kind_of(node), len(content)), {})[content] = node.payload
        others: dict[str, Any] = {}
        for group in groups.values():
            order = list(group)
            chance.shuffle(order)
            others.update(zip(order, [group[content] for content in (*order[1:], *order[:1])], strict=True))
        return cls(others=others)

    def box(self, box: Box) -> Box:
        return replace(box, payload=self.others[str(box.payload["pickle"])]) if box.kind == "pickle" else box


@dataclass(frozen=True, kw_only=True)
class _Leaves:
    """Replaces leaves, keeps sequences in order that are in order, and reorders those in which nothing else changed."""

    rename: Callable[[Leaf], Leaf]
    opaque: _Opaque
    seed: str
    inner: Callable[[Leaf], Leaf] | None = None
    """For leaves inside of containers, where it is another one."""

    def everywhere(self, arguments: Arguments) -> Arguments:
        return tuple(self._node(node, self.rename) for node in arguments)

    def _node(self, node: Node, rename: Callable[[Leaf], Leaf]) -> Node:
        if isinstance(node, Leaf):
            return rename(node)
        return self._box(node) if isinstance(node, Box) else node

    def _box(self, box: Box) -> Box:
        items = tuple(self._node(item, self.inner or self.rename) for item in box.items)
        if not _is_sequence(box):
            return self.opaque.box(replace(box, items=items))
        if items == box.items and not _direction(items):
            items = self._reordered(items)
        return replace(box, items=_in_order(items, _direction(box.items)))

    def _reordered(self, items: Arguments) -> Arguments:
        order = list(range(len(items)))
        random.Random(f"{self.seed}:{len(items)}").shuffle(order)  # noqa: S311 - a variation, not a secret
        changed_order = order if order != sorted(order) else order[::-1]
        return tuple(items[position] for position in changed_order)


def _touched(arguments: Arguments, full: _Leaves) -> Arguments:
    """The first and the last item of the first list that has others change places; else the first value that can is another."""
    for position, node in enumerate(arguments):
        if isinstance(node, Box) and _is_sequence(node) and len(node.items) > 1 and node.items[0] != node.items[-1]:
            items = (node.items[-1], *node.items[1:-1], node.items[0])
            return (*arguments[:position], replace(node, items=items), *arguments[position + 1 :])
    for position, new in enumerate(full.everywhere(arguments)):
        if new != arguments[position]:
            return (*arguments[:position], new, *arguments[position + 1 :])
    return arguments


def _is_sequence(box: Box) -> bool:
    return box.kind == "list" or (box.kind == "tuple" and len(box.items) > LONG_TUPLE)


def _direction(items: Arguments) -> int:
    """1 for items in rising order, -1 for falling, 0 for neither, or for things that have no order."""
    values = [item.value for item in items if isinstance(item, Leaf)]
    types = {type(value) for value in values}
    if len(values) < max(_ORDERED, len(items)) or len(types) != 1 or not types <= {int, float, str}:
        return 0
    return 1 if values == sorted(values) else -1 if values == sorted(values, reverse=True) else 0


def _in_order(items: Arguments, direction: int) -> Arguments:
    leaves = [item for item in items if isinstance(item, Leaf)]
    if not direction or len(leaves) < len(items):
        return items
    return tuple(sorted(leaves, key=lambda leaf: leaf.value, reverse=direction < 0))


def _record_keys(calls: Sequence[Call]) -> Iterator[str]:
    for call in calls:
        for _, node in walk(call.arguments):
            if isinstance(node, Box) and node.kind == "dict" and len(node.items) <= 2 * FIELDS:
                yield from (
                    key.value for key in node.items[::2] if isinstance(key, Leaf) and isinstance(key.value, str)
                )


def _numbers_inside(calls: Sequence[Call]) -> Iterator[int | float]:
    for call in calls:
        for path, node in walk(call.arguments):
            if len(path) > 1 and isinstance(node, Leaf) and type(node.value) in {int, float}:
                yield node.value
