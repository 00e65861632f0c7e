"""The ways in which the arguments of a call are varied. Each takes a call and hands back other arguments, or None where it does not apply."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

from hypothesis import strategies as st

from checks.varying.calls import Call, is_reference
from checks.varying.drawing import Draw, draw_value
from checks.varying.nodes import SEQUENCES, SETS, Again, Box, Labels, Node, Path, copied, kind_of, put, read
from checks.varying.places import Place, Places, is_hashed, places_of
from checks.varying.values import COLLECTIONS, TEXTS, UNHASHABLE, WRONG

LARGE = 2_000
"""Items of a container that is made large."""
MOST_NODES = 20_000
"""Parts of all arguments together that are still no trouble for the machine."""

Arguments = tuple[Node, ...]


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a way draws from."""

    draw: Draw
    places: Places
    calls: Sequence[Call]
    labels: Labels

    def pick(self, options: Sequence[tuple[Place, Path, Node]]) -> tuple[Place, Path, Node]:
        """One of `options`, the whole arguments more often than their many parts."""
        near = [option for option in options if len(option[1]) == 1]
        pool = near if near and self.draw(st.booleans()) else options
        return self.draw(st.sampled_from(pool))  # type: ignore[no-any-return]


Way = Callable[[Call, Source], Arguments | None]


def one_value(call: Call, source: Source) -> Arguments | None:
    """One value is another one of a type that was observed there."""
    options = [option for option in places_of(call, call.arguments) if not _is_alias(option[2])]
    if not options:
        return None
    place, path, _ = source.pick(options)
    new = draw_value(source.draw, source.places, place, source.labels)
    return None if new is None else put(call.arguments, path, new)


def all_values(call: Call, source: Source) -> Arguments | None:
    """Every argument is drawn anew; objects that earlier calls made stay."""
    arguments = []
    for name, node in zip(call.names, call.arguments, strict=True):
        new = None
        if not is_reference(node):
            new = draw_value(source.draw, source.places, (call.function, name), source.labels)
        arguments.append(node if new is None else new)
    return tuple(arguments)


def other_items(call: Call, source: Source) -> Arguments | None:
    """A container has fewer items, more, the same twice, or another order."""
    options = [option for option in places_of(call, call.arguments) if is_container(option[2])]
    if not options:
        return None
    _, path, box = source.pick(options)
    if not isinstance(box, Box):
        return None
    unit = 2 if box.kind == "dict" else 1
    units = [box.items[start : start + unit] for start in range(0, len(box.items), unit)]
    change = source.draw(
        st.sampled_from((_none, _first, _half, _reversed, _doubled, _one_again, _without_one, _shuffled, _large))
    )
    changed = change(units, source)
    items = tuple(item for parts in changed for item in parts)
    return put(call.arguments, path, replace(box, items=items)) if len(items) <= MOST_NODES else None


Units = list[tuple[Node, ...]]


def _none(_: Units, __: Source) -> Units:
    return []


def _first(units: Units, _: Source) -> Units:
    return units[:1]


def _half(units: Units, _: Source) -> Units:
    return units[: len(units) // 2]


def _reversed(units: Units, _: Source) -> Units:
    return units[::-1]


def _doubled(units: Units, source: Source) -> Units:
    return units + [_copy(unit, source) for unit in units]


def _one_again(units: Units, source: Source) -> Units:
    if not units:
        return units
    position = source.draw(st.integers(0, len(units) - 1))
    return [*units[: position + 1], _copy(units[position], source), *units[position + 1 :]]


def _without_one(units: Units, source: Source) -> Units:
    if not units:
        return units
    position = source.draw(st.integers(0, len(units) - 1))
    return units[:position] + units[position + 1 :]


def _shuffled(units: Units, source: Source) -> Units:
    shuffled = list(units)
    random.Random(source.draw(st.integers(0, 2**32))).shuffle(shuffled)  # noqa: S311 - an order, not a secret
    return shuffled


def _large(units: Units, source: Source) -> Units:
    if not units:
        return units
    return units + [_copy(units[position % len(units)], source) for position in range(LARGE - len(units))]


def _copy(unit: tuple[Node, ...], source: Source) -> tuple[Node, ...]:
    return tuple(copied(node, source.labels) for node in unit)


def swapped(call: Call, source: Source) -> Arguments | None:
    """Two arguments of the same type change places."""
    positions = [
        (one, other)
        for one in range(len(call.arguments))
        for other in range(one + 1, len(call.arguments))
        if kind_of(call.arguments[one]) == kind_of(call.arguments[other])
    ]
    if not positions:
        return None
    one, other = source.draw(st.sampled_from(positions))
    arguments = list(call.arguments)
    arguments[one], arguments[other] = arguments[other], arguments[one]
    return tuple(arguments)


def from_another_call(call: Call, source: Source) -> Arguments | None:
    """An argument is what another call of the same function got there."""
    others = [other for other in source.calls if other.names == call.names and other is not call]
    if not others or not call.arguments:
        return None
    other: Call = source.draw(st.sampled_from(others))
    position = source.draw(st.integers(0, len(call.arguments) - 1))
    return put(call.arguments, (position,), copied(other.arguments[position], source.labels))


def wrong_type(call: Call, source: Source) -> Arguments | None:
    """One value is of a type that was never observed there; the object that a method belongs to stays."""
    options = [
        option for option in places_of(call, call.arguments) if not _is_alias(option[2]) and not is_reference(option[2])
    ]
    if not options:
        return None
    place, path, _ = source.pick(options)
    unwanted = set(source.places.at(place).kinds)
    if is_hashed(call.arguments, path):
        unwanted |= UNHASHABLE
    if unwanted & COLLECTIONS:
        unwanted |= TEXTS
    kinds = [kind for kind in WRONG if kind not in unwanted]
    if not kinds:
        return None
    kind = source.draw(st.sampled_from(kinds))
    tree = source.draw(st.sampled_from(WRONG[kind]))
    return put(call.arguments, path, _node_of(tree, source.labels))


def _node_of(tree: object, labels: Labels) -> Node:
    return read([tree], labels)[0]


def _is_alias(node: Node) -> bool:
    return isinstance(node, Again)


def is_container(node: Node) -> TypeGuard[Box]:
    """Whether it is a list, a set, a dictionary or the like."""
    return isinstance(node, Box) and (node.kind in SEQUENCES | SETS or node.kind == "dict")


AS_OBSERVED: tuple[Way, ...] = (
    one_value,
    one_value,
    one_value,
    all_values,
    all_values,
    other_items,
    other_items,
    other_items,
    swapped,
    from_another_call,
)
"""Ways that keep to the observed types, the fruitful ones more often."""
WRONG_TYPE: tuple[Way, ...] = (wrong_type,)
