"""Values for one place of a function's arguments, drawn from what was observed there."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from checks.varying.nodes import OPAQUE, Box, Labels, Leaf, Node, copied, kind_of
from checks.varying.places import Place, Places, part_names
from checks.varying.values import values_of

Draw = Callable[..., Any]
"""Hypothesis's `draw`."""

MOST_ITEMS = 8
"""A container that is drawn anew has no more items than this."""


def draw_value(draw: Draw, places: Places, place: Place, labels: Labels) -> Node | None:
    """A value of a type that was observed at `place`; None where nothing was."""
    observed = places.at(place)
    examples = [node for node in observed.examples if kind_of(node) != "alias"]
    if not examples:
        return None
    kind = draw(st.sampled_from(sorted({kind_of(node) for node in examples})))
    like: Node = draw(st.sampled_from([node for node in examples if kind_of(node) == kind]))
    if isinstance(like, Box):
        return _draw_box(draw, places, place, like, labels)
    values = values_of(kind)
    return Leaf(value=draw(values)) if values is not None and draw(st.integers(0, 3)) else like


def _draw_box(draw: Draw, places: Places, place: Place, like: Box, labels: Labels) -> Node:
    """A container of the same type whose parts are drawn anew: as many as come and go, or one for each field."""
    if like.kind in OPAQUE:
        return copied(like, labels)
    names = tuple(part_names(like))
    if not names or names[-1] in {"element", "value"}:
        unit = ("key", "value") if like.kind == "dict" else ("element",)
        drawn = [draw_value(draw, places, (*place, name), labels) for name in unit * draw(st.integers(0, MOST_ITEMS))]
        items = () if None in drawn else tuple(item for item in drawn if item is not None)
    else:
        items = tuple(
            _draw_field(draw, places, (*place, name), item, labels)
            for name, item in zip(names, like.items, strict=True)
        )
    return replace(like, label=labels.fresh(), items=items)


def _draw_field(draw: Draw, places: Places, place: Place, old: Node, labels: Labels) -> Node:
    """Another value for a field; the keys of a record stay."""
    new = None if place[-1] == "key" else draw_value(draw, places, place, labels)
    return copied(old, labels) if new is None else new
