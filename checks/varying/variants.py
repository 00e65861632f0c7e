"""Varied calls: recorded ones with arguments that nobody called them with, drawn by Hypothesis from what was observed."""

import json
import random
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from checks.calls.steps import Step
from checks.varying.calls import Call, calls_of, size_of, with_arguments
from checks.varying.generation import drawn_from
from checks.varying.nodes import Box, Labels, Leaf, Node, put
from checks.varying.places import Places
from checks.varying.values import BORDERS
from checks.varying.ways import AS_OBSERVED, WRONG_TYPE, Source, is_container

LARGEST = 20_000
"""Parts and characters of the arguments of a call that is varied as it is; a larger one is cut first."""
KEPT_ITEMS = 40
"""Items that a container keeps when its call is cut."""
FEWEST = 12
"""Variants of each function, however many functions there are."""
_BORDERING = 3
"""At most one in so many variants only puts one argument at a border of its type."""
_ROUNDS = 4
"""How often is drawn for what is still missing: some variants repeat, some ways do not apply."""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A call that was not recorded, and what is known about it."""

    position: int
    """The recorded step that it is a variation of."""
    base: Step
    """That step, with containers of few items where it is large."""
    step: Step
    """Refers to the same steps as the recording does."""
    as_observed: bool
    """Every value in it has a type that was observed at its place; else one of them is of another type."""


def variants(steps: Sequence[Step], *, seed: int, count: int, left_out: Collection[int] = frozenset()) -> list[Variant]:
    """About `count` different calls for the functions in `steps` together; the same ones for the same seed.

    Three in four have values of the observed types only. A call that is not of the recorded form is not varied, and
    neither are those at the positions `left_out`.
    """
    labels = Labels()
    by_function: dict[str, list[Call]] = defaultdict(list)
    for call in calls_of(steps, labels):
        if call.arguments and call.position not in left_out:
            by_function[call.function].append(call)
    share = max(FEWEST, count // max(1, len(by_function)))
    found: list[Variant] = []
    for number, calls in enumerate(by_function.values()):
        found.extend(_of_function(calls, labels, seed=seed + number, count=share))
    return found


def _of_function(calls: list[Call], labels: Labels, *, seed: int, count: int) -> Iterator[Variant]:
    places = Places.of(calls)
    small = [cut(call) for call in calls]
    strategy = _variant(small, places, labels)
    seen = {text_of(call.step) for call in calls}
    made = [_emptied(small[0], places), *_bordering(small[0], places, count=count // _BORDERING, seed=seed)]
    for round_ in range(_ROUNDS):
        for variant in made:
            if variant is not None and text_of(variant.step) not in seen:
                seen.add(text_of(variant.step))
                yield variant
                count -= 1
        made = drawn_from(strategy, count=count, random_seed=seed + round_) if count > 0 else []


def _emptied(call: Call, places: Places) -> Variant | None:
    """The call with nothing in any of its containers, which chance rarely makes of two at once."""
    arguments = tuple(replace(node, items=()) if is_container(node) else node for node in call.arguments)
    if not places.has_seen(call, arguments):
        return None
    return Variant(position=call.position, base=call.step, step=with_arguments(call, arguments), as_observed=True)


def _bordering(call: Call, places: Places, *, count: int, seed: int) -> Sequence[Variant | None]:
    """The call with one argument at a border of its types, which is not left to chance."""
    changes = [
        (position, tree)
        for position, name in enumerate(call.names)
        for kind in sorted(places.at((call.function, name)).kinds)
        for tree in BORDERS.get(kind, ())
    ]
    random.Random(seed).shuffle(changes)  # noqa: S311 - an order, not a secret
    return [
        Variant(
            position=call.position,
            base=call.step,
            step=with_arguments(call, put(call.arguments, (position,), Leaf(value=tree))),
            as_observed=True,
        )
        for position, tree in changes[:count]
    ]


@st.composite
def _variant(draw: st.DrawFn, calls: list[Call], places: Places, labels: Labels) -> Variant | None:
    source = Source(draw=draw, places=places, calls=calls, labels=labels)
    call = draw(st.sampled_from(calls))
    keeps_types = draw(st.integers(0, 3)) > 0
    way = draw(st.sampled_from(AS_OBSERVED if keeps_types else WRONG_TYPE))
    arguments = way(call, source)
    if arguments is None:
        return None
    return Variant(
        position=call.position,
        base=call.step,
        step=with_arguments(call, arguments),
        as_observed=keeps_types and places.has_seen(call, arguments),
    )


def cut(call: Call) -> Call:
    """The call with containers of few items when it is too large to be varied many times."""
    if size_of(call.arguments) <= LARGEST:
        return call
    arguments = tuple(_cut_node(node) for node in call.arguments)
    return replace(call, arguments=arguments, step=with_arguments(call, arguments))


def _cut_node(node: Node) -> Node:
    if not isinstance(node, Box):
        return node
    return replace(node, items=tuple(_cut_node(item) for item in node.items[: KEPT_ITEMS * 2]))


def text_of(step: Step) -> str:
    """The arguments: the same for calls that are the same."""
    return json.dumps([step.args, step.kwargs], sort_keys=True)
