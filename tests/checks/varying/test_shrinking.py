"""A failing call is made smaller with few questions."""

from collections.abc import Callable, Sequence

import pytest

from checks.calls.steps import Step, Tree
from checks.varying.shrinking import shrink
from tests.checks.varying.recordings import a_step, of, value_of


class Asked:
    """Answers questions and counts them."""

    def __init__(self, fails: Callable[[Tree], bool]) -> None:
        self.fails, self.questions = fails, 0

    def __call__(self, steps: Sequence[Step]) -> list[bool]:
        self.questions += 1
        return [self.fails(value_of(step.args[0])) for step in steps]


@pytest.mark.parametrize(
    ("value", "fails", "smallest"),
    [
        ([f"w{number}" for number in range(500)], lambda items: "w77" in items, ["w77"]),
        ([3, 1, 2, 3, 9], lambda items: len(set(items)) < len(items), [3, 3]),
        ("hello world", lambda text: "o" in text, "o"),
        (10**12, lambda number: number > 100, 101),
        (b"\x00\x01\xff", lambda data: b"\xff" in data, b"\xff"),
        ({"a": [1, 2], "b": 3}, lambda table: "b" in table, {"b": 0}),
        (1234.5, lambda number: number > 1, 1234.0),
    ],
)
def test_the_smallest_failing_input_is_found(value: object, fails: Callable[[Tree], bool], smallest: object) -> None:
    asked = Asked(fails)
    assert value_of(shrink(a_step(of(value)), asked, budget=100).args[0]) == smallest
    assert asked.questions < 60


def test_no_more_questions_are_asked_than_allowed() -> None:
    asked = Asked(bool)
    shrink(a_step(of(list(range(1000)))), asked, budget=3)
    assert asked.questions == 3


def test_what_never_fails_again_stays_as_it_is() -> None:
    step = a_step(of([1, 2]))
    assert shrink(step, lambda steps: [False] * len(steps), budget=50) is step
