"""When replays are timed, and what is kept of them."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from agent.generalise import generalise
from agent.generality import NOTE, RECORDED, VARIED
from agent.search import Bench, Repeated
from core import stats
from core.candidate import Evaluation, Verdict
from core.execution import Command, Ending, ExecResult, Layout, Output
from core.measurement import Timing
from core.problem import Objective
from core.protocols import NoReplays, Replays, Trial, Workload
from tests.agent.conftest import a_bench, a_problem
from tests.agent.test_generality import timing
from tests.fakes.sandbox import LAYOUT, FakeProvider, FakeWorkload


@dataclass
class Calls:
    """A sandbox in which replays take what it is told."""

    seconds: Mapping[str, float]
    fails: str = ""

    @property
    def layout(self) -> Layout:
        return LAYOUT

    def run(self, command: Command) -> ExecResult:
        name = command.argv[-1]
        seconds = self.seconds[name] * random.uniform(0.999, 1.001)
        return ExecResult(
            ending=Ending.EXITED,
            exit_code=int(name == self.fails),
            wall_seconds=seconds,
            cpu_seconds=seconds,
            peak_memory_bytes=1,
            stdout=Output.of(b""),
            stderr=Output.of(b""),
        )


@dataclass
class Given:
    """Hands out what it was given, and counts how often it was asked."""

    answer: Replays | NoReplays
    asked: int = 0

    def replays(self, trial: Trial) -> Replays | NoReplays:
        del trial
        self.asked += 1
        return self.answer


def replays(*, seconds: float = 1.0) -> Replays:
    return Replays(recorded=FakeWorkload(target=RECORDED), varied=FakeWorkload(target=VARIED), loops=2, seconds=seconds)


ORIGINAL = {RECORDED: 1.0, VARIED: 1.0}


def seen(
    replayer: Given,
    candidate: Calls,
    *,
    gain: float = 5.0,
    original: Mapping[str, float] = ORIGINAL,
    changes: Mapping[str, str] | None = None,
    objective: Objective = Objective.WALL,
    apart: Workload | None = None,
) -> Evaluation:
    problem = replace(a_problem(["work"]), objective=objective)
    workloads = (Repeated(workload=FakeWorkload(), loops=40, apart=apart),)
    bench: Bench = replace(a_bench(problem, FakeProvider(), []), replayer=replayer, workloads=workloads)
    trial = Trial(
        original=Calls(original),
        candidate=candidate,
        sources={},
        changes={"code.py": ""} if changes is None else changes,
    )
    return generalise(Evaluation(timings=(timing("work", gain),)), bench, trial, plan=stats.SEARCH, seed="1")


def names(timings: tuple[Timing, ...]) -> list[str]:
    return [each.workload for each in timings]


def note(evaluation: Evaluation) -> str:
    return next((check.reason for check in evaluation.checks if check.check == NOTE), "")


def test_a_gain_is_looked_for_in_the_recorded_calls_and_then_in_varied_ones() -> None:
    evaluation = seen(Given(replays()), Calls({RECORDED: 0.2, VARIED: 0.2}))
    assert names(evaluation.replays) == [RECORDED, VARIED]
    assert [each.loops for each in evaluation.replays] == [2, 2]
    assert not note(evaluation)


def test_repetitions_are_timed_apart_before_anything_is_replayed() -> None:
    original = {"work": 1.0, **ORIGINAL}
    candidate = Calls({"work": 0.5, RECORDED: 0.2, VARIED: 0.2})
    evaluation = seen(Given(replays()), candidate, original=original, apart=FakeWorkload())
    assert [(each.workload, each.loops) for each in evaluation.replays] == [("work", 40), (RECORDED, 2), (VARIED, 2)]


def test_a_workload_without_a_gain_is_not_timed_apart() -> None:
    answer = Given(NoReplays(reason="nothing was recorded"))
    first, other = timing("work", 5.0), timing("other", 1.0)
    bench = a_bench(a_problem(["work", "other"]), FakeProvider(), [])
    workloads = [
        Repeated(workload=FakeWorkload(target=name), loops=9, apart=FakeWorkload(target=name))
        for name in ("work", "other")
    ]
    bench = replace(bench, replayer=answer, workloads=tuple(workloads))
    trial = Trial(original=Calls({"work": 1.0}), candidate=Calls({"work": 0.5}), sources={}, changes={"code.py": ""})
    evaluation = generalise(Evaluation(timings=(first, other)), bench, trial, plan=stats.SEARCH, seed="1")
    assert names(evaluation.replays) == ["work"]


def test_a_candidate_that_fails_with_a_process_for_each_repetition_fails() -> None:
    answer, candidate = Given(NoReplays(reason="nothing was recorded")), Calls({"work": 0.5}, fails="work")
    failed = seen(answer, candidate, original={"work": 1.0}, apart=FakeWorkload())
    assert failed.failure is not None
    assert failed.failure.reason.startswith("with a process for each repetition: ")


def test_they_are_timed_apart_also_where_nothing_can_be_replayed() -> None:
    answer = NoReplays(reason="nothing was recorded")
    evaluation = seen(Given(answer), Calls({"work": 0.5}), original={"work": 1.0}, apart=FakeWorkload())
    assert names(evaluation.replays) == ["work"]
    assert note(evaluation) == "nothing was recorded"


def test_a_candidate_that_is_not_faster_costs_no_replay() -> None:
    replayer = Given(replays())
    assert seen(replayer, Calls(ORIGINAL), gain=1.0).replays == ()
    assert replayer.asked == 0


def test_the_unchanged_code_costs_no_replay() -> None:
    replayer = Given(replays())
    assert seen(replayer, Calls(ORIGINAL), changes={}).replays == ()
    assert replayer.asked == 0


def test_what_can_not_be_replayed_is_said() -> None:
    assert note(seen(Given(NoReplays(reason="nothing was recorded")), Calls(ORIGINAL))) == "nothing was recorded"
    assert "memory" in note(seen(Given(replays()), Calls(ORIGINAL), objective=Objective.MEMORY))


@pytest.mark.parametrize(("seconds", "noted"), [(0.9, False), (0.5, True)])
def test_calls_without_a_gain_speak_only_when_they_are_nearly_all_of_the_workload(seconds: float, noted: bool) -> None:  # noqa: FBT001 - a case
    evaluation = seen(Given(replays(seconds=seconds)), Calls(ORIGINAL))
    assert names(evaluation.replays) == [RECORDED]
    assert ("50%" in note(evaluation)) is noted


def test_a_candidate_that_fails_on_varied_calls_fails() -> None:
    evaluation = seen(Given(replays()), Calls({RECORDED: 0.2, VARIED: 0.2}, fails=VARIED))
    assert evaluation.failure is not None
    assert evaluation.failure.verdict is Verdict.WORKLOAD_FAILED
