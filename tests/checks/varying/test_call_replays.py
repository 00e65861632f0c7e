"""What is timed of a candidate's calls, as a real sandbox makes it. Nothing here looks at a clock."""

from dataclasses import replace

import pytest

from checks.call_replays import CallReplays
from checks.varying.repeating import RepeatedCalls, Tried, TriedList
from checks.varying.same_size import changed, same_size
from checks.varying.sampling import Shape, fits, shape_for
from core.protocols import NoReplays, Replays, Workload
from tests.checks.varying.conftest import Edit, Lab
from tests.checks.varying.recordings import a_step, of

SQUARES: Edit = ("    return [slow_square(number) for number in numbers]\n", "    return [n * n for n in numbers]\n")
NEVER: Edit = ("class Index:\n", "def never():\n    return 1\n\n\nclass Index:\n")
BROKEN: Edit = ("    return [slow_square(number) for number in numbers]\n", "    import os\n    os._exit(0)\n")


def replays_of(lab: Lab, edit: Edit) -> Replays:
    with lab.trial(edit) as trial:
        replays = lab.call_replays.replays(trial)
    assert isinstance(replays, Replays), replays
    return replays


def calls(workload: Workload) -> RepeatedCalls:
    assert isinstance(workload, RepeatedCalls)
    return workload


def test_the_calls_of_the_workload_are_made_as_recorded_and_with_other_arguments(lab: Lab) -> None:
    replays = replays_of(lab, SQUARES)
    recorded, varied = calls(replays.recorded), calls(replays.varied)
    assert (str(recorded.spec), str(varied.spec)) == ("recorded calls", "varied calls")
    assert [len(steps) for steps in recorded.lists] == [len(steps) for steps in varied.lists]
    assert len({repr(steps) for steps in recorded.lists}) == 1
    assert len({repr(steps) for steps in varied.lists}) == len(varied.lists)
    for steps, others in zip(recorded.lists, varied.lists, strict=True):
        assert changed(steps, others)
        numbers, other_numbers = (of_list(each[0].args[0]) for each in (steps, others))
        assert len(numbers) == len(other_numbers)
        assert len(set(numbers)) == len(set(other_numbers)) == 20


def of_list(tree: object) -> list[int]:
    assert isinstance(tree, dict)
    return list(tree["list"])


def test_both_run_on_both_sides_and_count_what_they_did(lab: Lab) -> None:
    replays = replays_of(lab, SQUARES)
    with lab.trial(SQUARES) as trial:
        for workload in (replays.recorded, replays.varied):
            sides = (trial.original, trial.candidate)
            results = [side.run(workload.command(side.layout, loops=1)) for side in sides]
            assert [result.succeeded for result in results] == [True, True]
            copies = calls(workload).copies * sum(map(len, calls(workload).lists))
            assert {result.stdout.text for result in results} == {f"{copies} calls\n"}


def test_a_candidate_whose_calls_do_not_come_to_an_end_prints_something_else(lab: Lab) -> None:
    replays = replays_of(lab, BROKEN)
    with lab.trial(BROKEN) as trial:
        result = trial.candidate.run(replays.varied.command(trial.candidate.layout, loops=1))
    assert result.stdout.text == "0 calls\n"


def test_functions_that_the_workload_does_not_call_have_no_replays(lab: Lab) -> None:
    with lab.trial(NEVER) as trial:
        replays = lab.call_replays.replays(trial)
    assert isinstance(replays, NoReplays)
    assert "while the workload ran" in replays.reason


def test_counted_calls_are_made_in_one_process(lab: Lab) -> None:
    wrapped: list[Workload] = []

    def counted(workload: Workload) -> Workload:
        wrapped.append(workload)
        return workload

    counting: CallReplays = replace(lab.call_replays, wrap=counted)
    with lab.trial(SQUARES) as trial:
        replays = counting.replays(trial)
    assert isinstance(replays, Replays)
    assert replays.loops == 1
    assert [calls(workload).forks for workload in wrapped] == [False, False]
    assert all(len(calls(workload).lists) == 1 for workload in wrapped)


def tried(seconds: float, *, making: float = 0.0, beside: float = 0.0, start: float = 0.1) -> Tried:
    one = TriedList(seconds=(seconds,), ends=("returns",), making=making, running=seconds + beside)
    return Tried(lists=(one,), start_seconds=start)


@pytest.mark.parametrize(
    ("seen", "shape"),
    [
        (tried(1.0), Shape(copies=1, loops=1)),
        (tried(0.05), Shape(copies=1, loops=1)),
        (tried(0.001), Shape(copies=50, loops=1)),
        (tried(0.05, start=2.0), Shape(copies=1, loops=6)),
        (tried(0.05, beside=1.0), None),
        (tried(0.01, making=5.0), None),
    ],
)
def test_a_sample_is_as_large_as_needed_for_the_calls_to_count(seen: Tried, shape: Shape | None) -> None:
    assert shape_for(seen, 4, size=1000, forks=True) == shape


def test_calls_with_large_arguments_are_not_made_from_many_copies() -> None:
    shape = shape_for(tried(0.01), 4, size=8 << 20, forks=True)
    assert shape is not None
    assert shape.copies == 2


STEPS = (a_step(of(["a", "b"])), a_step(of(["c", "d"])))


@pytest.mark.parametrize(
    ("ends", "seconds", "fit"),
    [
        (("returns", "returns"), (1.0, 1.0), True),
        (("returns", "KeyError"), (1.0, 1.0), False),
        (("returns", "returns"), (0.1, 0.1), False),
        (("returns", "returns"), (3.0, 3.0), False),
    ],
)
def test_a_variation_fits_when_the_original_does_the_same_work(
    ends: tuple[str, ...],
    seconds: tuple[float, ...],
    fit: bool,  # noqa: FBT001 - a case
) -> None:
    recorded = TriedList(seconds=(1.0, 1.0), ends=("returns", "returns"), making=0.0, running=2.0)
    seen = TriedList(seconds=seconds, ends=ends, making=0.0, running=sum(seconds))
    assert fits(STEPS, same_size(STEPS, seed="1"), recorded, seen) is fit


def test_a_variation_that_changes_nothing_does_not_fit() -> None:
    recorded = TriedList(seconds=(1.0, 1.0), ends=("returns", "returns"), making=0.0, running=2.0)
    assert not fits(STEPS, STEPS, recorded, recorded)
