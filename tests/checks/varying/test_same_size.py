"""Variations for measuring keep sizes, types and what repeats."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

from checks.calls.steps import Step
from checks.varying.calls import calls_of
from checks.varying.nodes import Box, Labels, Leaf, kind_of, walk
from checks.varying.same_size import Strength, changed, same_size
from tests.checks.varying.recordings import STEPS, a_step, of, value_of

QUIET = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def varied(*values: object, strength: Strength = Strength.RENAMED, seed: str = "1") -> list[object]:
    (step,) = same_size([a_step(*map(of, values))], seed=seed, strength=strength)
    return [value_of(tree) for tree in step.args]


def shape(steps: list[Step]) -> list[object]:
    """Kinds and sizes in order; those of a container that may be reordered as they come."""
    found: list[object] = []
    for call in calls_of(steps, Labels()):
        found += sorted(
            (kind_of(node), len(node.items) if isinstance(node, Box) else _size(node))
            for _, node in walk(call.arguments)
        )
    return found


def _size(node: object) -> int:
    value = node.value if isinstance(node, Leaf) else None
    if isinstance(value, str):
        return len(value)
    return abs(value).bit_length() if isinstance(value, int) else 0


@pytest.mark.parametrize("strength", list(Strength))
@QUIET
@given(steps=STEPS)
def test_types_and_sizes_stay(strength: Strength, steps: list[Step]) -> None:
    assert shape(same_size(steps, seed="1", strength=strength)) == shape(steps)


@pytest.mark.parametrize("strength", list(Strength))
@QUIET
@given(steps=STEPS)
def test_equal_calls_stay_equal_and_different_ones_different(strength: Strength, steps: list[Step]) -> None:
    twice = [*steps, *steps]
    new = same_size(twice, seed="1", strength=strength)
    assert new[: len(steps)] == new[len(steps) :]
    if strength in {Strength.RENAMED, Strength.INSIDE}:
        assert len({repr(step) for step in new}) == len({repr(step) for step in steps})


def test_a_value_is_replaced_by_the_same_one_wherever_it_occurs() -> None:
    words, table, one = varied(["ab", "cd", "ab"], {"ab": 1, "cd": 2}, "ab")
    assert isinstance(words, list)
    assert isinstance(table, dict)
    assert words[0] == words[2] == one != "ab"
    assert list(table) == words[:2]


def test_a_text_keeps_what_it_begins_with_and_the_classes_of_its_characters() -> None:
    (word, longer, spaced) = varied("Foo", "Foobar", "a b-1")
    assert str(longer).startswith(str(word))
    assert str(word)[0].isupper()
    assert str(word)[1] == str(word)[2]
    assert [character.isalpha() for character in str(spaced)] == [True, False, True, False, False]


def test_another_seed_is_another_variation() -> None:
    assert varied("words", 1000, seed="1") != varied("words", 1000, seed="2")


def test_small_numbers_stay_and_large_ones_keep_about_their_size() -> None:
    small, large, negative, price = varied(7, 1000, -5000, 12.75)
    assert small == 7
    assert large != 1000
    assert negative != -5000
    assert price != 12.75
    assert isinstance(large, int)
    assert isinstance(negative, int)
    assert 960 <= large <= 1040
    assert -5200 <= negative <= -4800
    assert price == pytest.approx(12.75, rel=1e-3)


@pytest.mark.parametrize("values", [[17, 20, 33, 90, 1000], [1000, 90, 33, 20, 17], ["aa", "bb", "cc", "dd"]])
def test_what_is_in_order_stays_in_order(values: list[object]) -> None:
    (new,) = varied(values)
    assert isinstance(new, list)
    assert new != values
    assert new == sorted(new, reverse=values != sorted(values))  # type: ignore[type-var]


def test_a_list_whose_items_all_stay_is_reordered() -> None:
    (new,) = varied([True, False, None, None])
    assert isinstance(new, list)
    assert new != [True, False, None, None]
    assert sorted(map(repr, new)) == ["False", "None", "None", "True"]


def test_gentler_variations_leave_what_a_function_may_insist_on() -> None:
    record = {"name": "bob", "size": 4000}
    assert set(varied(record, strength=Strength.LETTERS)[0]) == {"name", "size"}  # type: ignore[call-overload]
    assert varied("fast", 4000, strength=Strength.INSIDE) == ["fast", 4000]
    assert varied([3, 9, 4], "fast", strength=Strength.REORDERED)[1] == "fast"
    assert varied([3, 9, 4], "fast", strength=Strength.TOUCHED) == [[4, 9, 3], "fast"]


def test_positions_stay_positions_when_numbers_change_places() -> None:
    edges = [(0, 31), (31, 17), (17, 0), (16, 31)]
    (new,) = varied(edges, strength=Strength.LETTERS)
    assert isinstance(new, list)
    assert {number for edge in new for number in edge} == {0, 16, 17, 31}


def test_opaque_values_change_places_with_their_like() -> None:
    one, other = ({"pickle": data, "type": "m.C", "text": data} for data in ("gASVAA==", "gASVBB=="))
    new = same_size([a_step(one), a_step(other)], seed="1")
    assert [step.args[0]["pickle"] for step in new] == ["gASVBB==", "gASVAA=="]


def test_a_call_has_changed_when_the_object_it_is_made_on_has() -> None:
    steps = [a_step("word", do="new"), a_step({"step": 0}, 1), a_step(1)]
    assert changed(steps, same_size(steps, seed="1")) == {0, 1}


@QUIET
@given(steps=STEPS)
def test_a_variation_is_a_recording(steps: list[Step]) -> None:
    for step in same_size(steps, seed="1"):
        json.dumps(step.form())
