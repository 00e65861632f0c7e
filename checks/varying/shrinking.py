"""A smaller call that still shows a failure: fewer items, shorter texts, smaller numbers.

Delta debugging as in minimising (Zeller & Hildebrandt, IEEE TSE 28, 2002), with several candidates for each question,
since a question costs a command in each of two sandboxes however many calls it is about.
"""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from checks.calls.steps import Step
from checks.varying.calls import call_of, size_of, with_arguments
from checks.varying.nodes import OPAQUE, Box, Labels, Leaf, Node, Tree, UnreadableTreeError, put, walk

AT_ONCE = 24
"""Candidates in one question."""

Question = Callable[[Sequence[Step]], Sequence[bool]]
"""Which of some calls still fail."""


def shrink(step: Step, still_fails: Question, *, budget: int) -> Step:
    """The smallest failing call that was found with at most `budget` questions; `step` itself when none is smaller."""
    smaller = _smaller(step)
    while budget > 0:
        asked = list(islice(smaller, AT_ONCE))
        if not asked:
            break
        budget -= 1
        failing = [candidate for candidate, fails in zip(asked, still_fails(asked), strict=True) if fails]
        if failing:
            step = failing[0]
            smaller = _smaller(step)
    return step


def _smaller(step: Step) -> Iterator[Step]:
    """Calls that are smaller in one place, the boldest first."""
    try:
        call = call_of(step, 0, Labels())
    except UnreadableTreeError:
        return
    options = [(removed, path, new) for path, node in walk(call.arguments) for removed, new in _simpler(node)]
    options.sort(key=lambda option: option[0], reverse=True)
    for _, path, new in options:
        yield with_arguments(call, put(call.arguments, path, new))


def _simpler(node: Node) -> Iterator[tuple[int, Node]]:
    """Smaller values with how much they are smaller by."""
    if isinstance(node, Box) and node.kind not in OPAQUE:
        unit = 2 if node.kind == "dict" else 1
        for start, end in _cuts(len(node.items) // unit):
            removed, kept = node.items[start * unit : end * unit], node.items[: start * unit] + node.items[end * unit :]
            yield size_of(removed), replace(node, items=kept)
    elif isinstance(node, Leaf):
        size = size_of((node,))
        for value in _simpler_values(node.value):
            smaller = Leaf(value=value)
            yield size - size_of((smaller,)), smaller


def _cuts(length: int) -> Iterator[tuple[int, int]]:
    """What to leave out of so many items: everything, halves, ever smaller pieces, single ones."""
    size = length
    while size:
        for start in range(0, length, size):
            yield start, min(start + size, length)
        size //= 2


def _simpler_values(value: Tree) -> Iterator[Tree]:
    if isinstance(value, str):
        for start, end in islice(_cuts(len(value)), 64):
            yield value[:start] + value[end:]
        if value != "a" * len(value):
            yield "a" * len(value)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int):
        yield from (
            smaller
            for smaller in dict.fromkeys((0, 1, value // 2, value - 1 if value > 0 else value + 1))
            if abs(smaller) < abs(value)
        )
    elif isinstance(value, float):
        yield from (smaller for smaller in (0.0, 1.0, float(round(value))) if abs(smaller) < abs(value))
    elif isinstance(value, Mapping) and "bytes" in value:
        data = base64.b64decode(value["bytes"])
        for start, end in islice(_cuts(len(data)), 64):
            yield {"bytes": base64.b64encode(data[:start] + data[end:]).decode("ascii")}
