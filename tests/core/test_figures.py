"""Numbers as people read them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import figures
from core.measurement import Speedup
from core.problem import Objective


@pytest.mark.parametrize(
    ("ratio", "words"),
    [(2.312, "2.31×"), (1.0124, "1.012×"), (0.5, "0.50×"), (17.26, "17.3×"), (1234.5, "1,234×"), (math.inf, "∞×")],
)
def test_a_factor_has_more_digits_near_one_and_fewer_when_large(ratio: float, words: str) -> None:
    assert figures.times(ratio) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (3.2e-9, "3.20 ns"),
        (0.0000412, "41.2 µs"),
        (0.4123, "412 ms"),
        (9.5, "9.50 s"),
        (192, "3 min 12 s"),
        (7500, "2 h 05 min"),
    ],
)
def test_a_duration_has_the_unit_that_suits_it(seconds: float, words: str) -> None:
    assert figures.seconds(seconds) == words


def test_each_objective_has_its_unit() -> None:
    assert figures.cost(0.25, Objective.WALL) == "250 ms"
    assert figures.cost(48_200_000, Objective.MEMORY) == "48.2 MB"
    assert figures.cost(512, Objective.MEMORY) == "512 bytes"
    assert figures.cost(171_648_075, Objective.INSTRUCTIONS) == "172 M instructions"


def test_fractions_of_a_cent_are_kept() -> None:
    assert [figures.dollars(amount) for amount in (0, 0.00002, 0.0042, 1.2345)] == [
        "$0",
        "< $0.0001",
        "$0.0042",
        "$1.23",
    ]


def test_an_interval_without_bounds_says_so_in_words() -> None:
    shown = figures.speedup(Speedup(estimate=2, low=0, high=math.inf))

    assert shown == "2.00× (too few pairs for an interval)"


@given(st.floats())
def test_any_number_can_be_shown_without_an_exponent(value: float) -> None:
    for words in (figures.digits(value), figures.times(value), figures.seconds(value) if abs(value) < 1e12 else ""):
        assert "e" not in words.replace("s", "")
