"""Varied calls are many, of known kinds, and the same for the same seed."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from checks.calls.steps import Step, Tree
from checks.varying.calls import calls_of, world_of
from checks.varying.nodes import Labels
from checks.varying.places import Places
from checks.varying.variants import Variant, variants
from tests.checks.varying.recordings import STEPS, a_step, of

QUIET = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.nested_given, HealthCheck.too_slow])


def drawn(*steps: Step, count: int = 150) -> list[Variant]:
    return variants(steps, seed=1, count=count)


def arguments(steps: list[Variant], place: int = 0) -> list[Tree]:
    return [variant.step.args[place] for variant in steps if variant.as_observed]


@QUIET
@given(steps=STEPS)
def test_any_recording_can_be_varied_and_each_variant_tells_its_kind(steps: list[Step]) -> None:
    places = Places.of(list(calls_of(steps, Labels())))
    for variant in variants(steps, seed=3, count=24):
        json.dumps(variant.step.form())
        (call,) = calls_of([variant.step], Labels())
        assert not variant.as_observed or places.has_seen(call, call.arguments)


@QUIET
@given(steps=STEPS)
def test_the_same_seed_draws_the_same_variants(steps: list[Step]) -> None:
    assert variants(steps, seed=5, count=20) == variants(steps, seed=5, count=20)


def test_no_variant_is_drawn_twice_and_none_is_the_recorded_call() -> None:
    step = a_step(of([1, 2, 3]), "text")
    seen = [json.dumps([variant.step.args, variant.step.kwargs]) for variant in drawn(step)]
    assert len(set(seen)) == len(seen) > 100
    assert json.dumps([step.args, step.kwargs]) not in seen


def test_numbers_go_to_their_borders() -> None:
    seen = arguments(drawn(a_step(3)))
    assert {0, 1, -1, 2**63} <= set(seen)
    floats = arguments(drawn(a_step(3.5)))
    assert any(json.dumps(value) == "-0.0" for value in floats)
    assert all({"float": name} in floats for name in ("nan", "inf", "-inf"))


def test_all_containers_are_empty_at_once() -> None:
    step = a_step(of([1.0, 2.0]), of([3.0, 4.0]), 5)
    assert drawn(step, count=12)[0].step.args == (of([]), of([]), 5)


def test_texts_are_empty_long_and_of_many_scripts() -> None:
    seen = arguments(drawn(a_step("word"), count=300))
    assert "" in seen
    assert any("\0" in text for text in seen)
    assert any("\N{HEBREW LETTER ALEF}" in text for text in seen)
    assert any("\N{COMBINING ACUTE ACCENT}" in text for text in seen)
    assert any(len(text) > 1000 for text in seen)
    for text in seen:
        text.encode()


def test_containers_are_emptied_doubled_reordered_and_made_large() -> None:
    seen = [tree["list"] for tree in arguments(drawn(a_step(of([5, 6, 7, 8])), count=300))]
    assert [] in seen
    assert [5] in seen
    assert [8, 7, 6, 5] in seen
    assert [5, 6, 7, 8, 5, 6, 7, 8] in seen
    assert any(len(items) >= 2000 for items in seen)


def test_arguments_of_the_same_type_are_swapped_and_come_from_other_calls() -> None:
    seen = [variant.step.args for variant in drawn(a_step("a", "b"), a_step("c", "d"), count=300)]
    assert ("b", "a") in seen
    assert ("a", "d") in seen


def test_a_wrong_type_is_one_that_was_not_seen_there() -> None:
    wrong = [variant.step.args[0] for variant in drawn(a_step(1), a_step(None)) if not variant.as_observed]
    assert wrong
    assert not [tree for tree in wrong if tree is None or type(tree) is int]


def test_elements_of_sets_and_keys_stay_hashable() -> None:
    for variant in drawn(a_step(of({1, 2}), of({"a": 1, 2: "b"})), count=100):
        numbers, table = variant.step.args
        if isinstance(numbers, dict) and "set" in numbers:
            hash(json.dumps(numbers["set"]))
            assert not [
                each for each in numbers["set"] if isinstance(each, dict) and each.keys() & {"list", "dict", "set"}
            ]
        if isinstance(table, dict) and "dict" in table:
            assert not [
                key for key, _ in table["dict"] if isinstance(key, dict) and key.keys() & {"list", "dict", "set"}
            ]


def test_the_object_of_a_method_stays_and_its_makers_come_along() -> None:
    maker = a_step(of(["a"]), do="new", function="pkg/m.py:Index.__init__")
    method = a_step({"step": 1}, "a", function="pkg/m.py:Index.find")
    steps = [a_step(9), maker, method]
    varied = [variant for variant in variants(steps, seed=1, count=100) if variant.position == 2]
    assert varied
    for variant in varied:
        assert variant.step.args[0] == {"step": 1}
        assert world_of(steps, [variant.step]) == [maker, *world_of([maker], [variant_moved(variant.step)])[1:]]


def variant_moved(step: Step) -> Step:
    return a_step({"step": 0}, *step.args[1:], function=step.function)


def test_a_large_call_is_cut_before_it_is_varied() -> None:
    large = a_step(of([f"word {number}" for number in range(30_000)]))
    for variant in drawn(large, count=20):
        assert len(json.dumps(variant.step.args)) < 300_000


def test_nothing_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    drawn(a_step("text", 1.5, of([1])))
    assert list(tmp_path.iterdir()) == []
