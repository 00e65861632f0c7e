"""The useful parts that the minimiser is measured with are true equals of what they replace."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks.padding import SOURCES, USEFUL, WORK, Useful, cases
from core import patch as patches

LISTS: tuple[Any, ...] = (
    [],
    [0],
    [-1, 2, 2],
    [3, 1, 2, 3],
    ["b", "a", "b"],
    list(range(50)),
    [1.5, -0.0, 0.0],
)
ARGUMENTS: dict[str, list[tuple[Any, ...]]] = {
    "shared": [(left, right) for left in LISTS for right in LISTS],
    "scaled": [(left, right) for left in LISTS for right in LISTS],
    "paths": [(0, 0), (0, 5), (4, 0), (3, 4), (True, 2), (None, 1), ("", 1)],
    "triangle": [(count,) for count in (0, 1, 2, 100, -1, -2, -(10**30), True, 2.5, None, "3")],
    "first_over": [(values, limit) for values in LISTS for limit in (-5, 0, 2, 1.5, "a", None)],
    "lowest": [(values,) for values in LISTS],
}
"""By function. A value of a type that a function does not know may be refused: varied calls tolerate that."""


def called(text: str, function: str) -> Iterator[object]:
    """What each call of the function in the module `text` comes to."""
    module: dict[str, Any] = {}
    exec(text, module)
    made: Callable[..., object] = module[function]
    for arguments in ARGUMENTS[function]:
        try:
            yield repr(made(*arguments))
        except (TypeError, ValueError, ZeroDivisionError) as error:
            yield type(error)


@pytest.mark.parametrize("useful", USEFUL, ids=lambda useful: useful.name)
def test_a_useful_part_does_what_was_there_before(useful: Useful) -> None:
    function = useful.call.removeprefix("small ")
    assert list(called(useful.on(WORK), function)) == list(called(WORK, function))


@pytest.mark.parametrize("case", cases(30, seed=3), ids=lambda case: str(case.number))
def test_padding_changes_nothing_that_the_useful_part_does(case: Any) -> None:
    function = case.useful.call.removeprefix("small ")
    padded = patches.apply(case.patch, SOURCES)["work.py"]
    assert padded
    assert padded != case.wanted
    assert list(called(padded, function)) == list(called(case.wanted, function))
