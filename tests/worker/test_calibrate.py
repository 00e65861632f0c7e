"""How a workload is repeated, found out on an original that takes and prints what it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from core.errors import ConfigError
from core.execution import Command, Ending, ExecResult, Layout, Output
from core.problem import Objective, WorkloadSpec
from tests.agent.conftest import a_problem
from tests.fakes.sandbox import LAYOUT
from worker.calibrate import calibrated

CALLABLE = "callable:bench:run"


@dataclass
class Original:
    """A process of 0.05 s in which each repetition takes `seconds`, and its own process `process` more."""

    seconds: float
    process: float = 0.001
    change: Callable[[ExecResult], ExecResult] = lambda result: result
    """What is different about a sample with a process for each repetition."""
    commands: list[Command] = field(default_factory=list)

    @property
    def layout(self) -> Layout:
        return LAYOUT

    def run(self, command: Command) -> ExecResult:
        self.commands.append(command)
        is_apart = command.argv[-1] == "apart"
        loops = int(command.argv[-2]) if command.argv[-1] in {"apart", "together"} else 1
        wall = 0.05 + loops * (self.seconds + is_apart * self.process)
        result = ExecResult(
            ending=Ending.EXITED,
            exit_code=0,
            wall_seconds=wall,
            cpu_seconds=wall,
            peak_memory_bytes=1,
            stdout=Output.of(b"digest\n" * (loops if is_apart else 1)),
            stderr=Output.of(b""),
        )
        return self.change(result) if is_apart else result


def is_timed_apart(original: Original, *, objective: Objective = Objective.WALL) -> bool:
    problem = replace(a_problem([CALLABLE]), objective=objective)
    return calibrated(WorkloadSpec.parse(CALLABLE), problem, original).apart is not None


def test_a_command_runs_once_in_a_sample_however_short_it_is() -> None:
    original = Original(seconds=0.001)
    repeated = calibrated(WorkloadSpec.parse("true"), a_problem(["true"]), original)
    assert (repeated.loops, repeated.apart, len(original.commands)) == (1, None, 1)


def test_a_short_callable_is_repeated_until_it_is_measurable() -> None:
    repeated = calibrated(WorkloadSpec.parse(CALLABLE), a_problem([CALLABLE]), Original(seconds=0.02))
    assert 0.05 + 0.02 * repeated.loops >= 0.5


@pytest.mark.parametrize(("seconds", "expected"), [(0.02, True), (0.006, True), (0.001, False), (3.0, False)])
def test_repetitions_have_a_process_each_when_they_are_long_enough_and_more_than_one(
    seconds: float,
    expected: bool,  # noqa: FBT001 - a case
) -> None:
    assert is_timed_apart(Original(seconds=seconds)) is expected


@pytest.mark.parametrize("objective", [Objective.WALL, Objective.CPU])
def test_they_have_for_objectives_that_a_memory_of_results_lowers(objective: Objective) -> None:
    assert is_timed_apart(Original(seconds=0.02), objective=objective)
    assert not is_timed_apart(Original(seconds=0.02), objective=Objective.MEMORY)


@pytest.mark.parametrize(
    "change",
    [
        lambda result: replace(result, exit_code=1),
        lambda result: replace(result, ending=Ending.TIMED_OUT),
        lambda result: replace(result, left_behind=1),
    ],
)
def test_they_have_none_where_the_original_fails_so(change: Callable[[ExecResult], ExecResult]) -> None:
    assert not is_timed_apart(Original(seconds=0.02, change=change))


def test_they_have_none_where_the_processes_would_be_most_of_what_is_measured() -> None:
    assert is_timed_apart(Original(seconds=0.02, process=0.02))
    assert not is_timed_apart(Original(seconds=0.02, process=0.06))


def test_a_slow_spell_while_that_is_tried_does_not_matter() -> None:
    slower = iter([4.0, 1.0, 4.0])
    assert is_timed_apart(
        Original(seconds=0.02, change=lambda result: replace(result, wall_seconds=result.wall_seconds * next(slower)))
    )


def test_they_have_none_where_first_calls_do_not_print_the_same_each_time() -> None:
    prints = iter([b"one\n", b"other\n", b"one\n"])
    assert not is_timed_apart(
        Original(seconds=0.02, change=lambda result: replace(result, stdout=Output.of(next(prints))))
    )


def test_a_sample_that_hangs_so_is_not_waited_for_as_long_as_a_workload_may_take() -> None:
    original = Original(seconds=0.02)
    assert is_timed_apart(original)
    assert {command.timeout_seconds for command in original.commands if command.argv[-1] == "apart"} == {10.0}


def test_a_workload_that_fails_is_a_fault_of_the_problem() -> None:
    @dataclass
    class Failing(Original):
        def run(self, command: Command) -> ExecResult:
            return replace(super().run(command), exit_code=3)

    with pytest.raises(ConfigError, match="fails on the unchanged code"):
        calibrated(WorkloadSpec.parse("true"), a_problem(["true"]), Failing(seconds=1))
