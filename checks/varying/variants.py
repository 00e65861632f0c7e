"""Varied calls: recorded ones with arguments that nobody called them with, drawn by Hypothesis from what was observed."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from checks.calls.steps import Step
from checks.varying.calls import Call, calls_of, size_of, with_arguments
from checks.varying.generation import drawn_from
from checks.varying.nodes import Box, Labels, Node
from checks.varying.places import Places
from checks.varying.ways import AS_OBSERVED, WRONG_TYPE, Source

LARGEST = 20_000
"""Parts and characters of the arguments of a call that is varied as it is; a larger one is cut first."""
KEPT_ITEMS = 40
"""Items that a container keeps when its call is cut."""
FEWEST = 12
"""Variants of each function, however many functions there are."""
_DRAWS_FOR_ONE = 2
"""Values drawn for each variant that is wanted: some repeat, some ways do not apply."""


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
    strategy = _variant([_cut(call) for call in calls], places, labels)
    seen = {_text(call.step) for call in calls}
    for variant in drawn_from(strategy, count=count * _DRAWS_FOR_ONE, random_seed=seed):
        if variant is None or _text(variant.step) in seen:
            continue
        seen.add(_text(variant.step))
        yield variant
        count -= 1
        if not count:
            return


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


def _cut(call: Call) -> Call:
    """The call with containers of few items when it is too large to be varied many times."""
    if size_of(call.arguments) <= LARGEST:
        return call
    arguments = tuple(_cut_node(node) for node in call.arguments)
    return replace(call, arguments=arguments, step=with_arguments(call, arguments))


def _cut_node(node: Node) -> Node:
    if not isinstance(node, Box):
        return node
    return replace(node, items=tuple(_cut_node(item) for item in node.items[: KEPT_ITEMS * 2]))


def _text(step: Step) -> str:
    return json.dumps([step.args, step.kwargs], sort_keys=True)
