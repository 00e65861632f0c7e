"""What the timings of replayed calls mean for the verdict."""

from dataclasses import replace

import pytest

from agent.decide import decide
from agent.generality import NOTE, RECORDED, VARIED
from core import stats
from core.candidate import CheckResult, Decision, Evaluation, Verdict
from core.measurement import Costs, Pair, Timing
from core.problem import Generality, Objective
from tests.agent.conftest import a_problem

PROBLEM = a_problem(["work"])


def timing(name: str, speedup: float, *, pairs: int = 6, noise: float = 0.001) -> Timing:
    """Pairs of samples in which the candidate is that much faster."""
    taken = tuple(
        Pair(original=costs(1.0 + noise * number), candidate=costs(1.0 / speedup), original_first=number % 2 == 0)
        for number in range(pairs)
    )
    return Timing(workload=name, loops=1, pairs=taken)


def costs(seconds: float) -> Costs:
    return Costs(
        wall_seconds=seconds, cpu_seconds=seconds, memory_bytes=int(seconds * 1e9), instructions=int(seconds * 1e9)
    )


def decision(
    gain: float,
    *replays: Timing,
    note: str = "",
    generalise: Generality = Generality.REQUIRE,
    objective: Objective = Objective.WALL,
) -> Decision:
    checks = (CheckResult(check=NOTE, passed=True, reason=note),) if note else ()
    evaluation = Evaluation(timings=(timing("work", gain),), replays=replays, checks=checks)
    problem = replace(PROBLEM, generalise=generalise, objective=objective)
    plan = stats.EXACT if objective is Objective.INSTRUCTIONS else stats.SEARCH
    return decide(evaluation, problem, plan)


def test_a_gain_on_the_recorded_calls_alone_is_refused() -> None:
    refused = decision(5.0, timing(RECORDED, 5.1), timing(VARIED, 1.0))
    assert refused.verdict is Verdict.NOT_FASTER
    assert refused.reason == (
        "the gain exists only on the workload's own input: 5.11× on the recorded calls, 1× on varied ones of the same size"
    )


def test_so_is_one_that_is_mostly_special() -> None:
    assert decision(5.0, timing(RECORDED, 5.0), timing(VARIED, 1.5)).verdict is Verdict.NOT_FASTER


@pytest.mark.parametrize("varied", [2.5, 5.0, 8.0])
def test_a_gain_that_depends_on_the_input_is_kept_as_long_as_half_of_it_is_seen_elsewhere(varied: float) -> None:
    accepted = decision(5.0, timing(RECORDED, 5.0), timing(VARIED, varied))
    assert accepted.verdict is Verdict.ACCEPTED
    assert accepted.reason.endswith("on varied calls of the same size")


def test_what_is_too_noisy_to_tell_is_accepted_and_said() -> None:
    accepted = decision(1.05, timing(RECORDED, 1.05), timing(VARIED, 1.0, noise=0.02))
    assert accepted.verdict is Verdict.ACCEPTED
    assert "not shown to generalise: the varied calls by themselves show" in accepted.reason


def test_a_large_gain_that_calls_do_not_show_which_are_the_workload_is_refused() -> None:
    refused = decision(5.0, timing(RECORDED, 1.0))
    assert refused.verdict is Verdict.NOT_FASTER
    assert "the gain shows only when the workload itself runs: 5.01× there, 1× on its recorded calls" in refused.reason


def test_silent_calls_say_nothing_when_they_are_a_part_of_the_workload_only() -> None:
    accepted = decision(5.0, timing(RECORDED, 1.0), note="the recorded calls are only 30% of the workload's time")
    assert accepted.verdict is Verdict.ACCEPTED
    assert accepted.reason.endswith("not shown to generalise: the recorded calls are only 30% of the workload's time")


def test_silent_calls_do_not_refuse_a_gain_that_the_rest_of_the_workload_could_hold() -> None:
    assert decision(1.2, timing(RECORDED, 1.0)).verdict is Verdict.ACCEPTED


def test_the_reason_says_why_nobody_knows() -> None:
    accepted = decision(5.0, note="nothing was recorded")
    assert accepted.verdict is Verdict.ACCEPTED
    assert accepted.reason.endswith("; not shown to generalise: nothing was recorded")


def test_where_nobody_asked_nothing_is_said() -> None:
    assert "generalise" not in decision(5.0).reason
    assert "varied" not in decision(5.0).reason


def test_a_problem_may_allow_special_cases_and_is_told_of_them() -> None:
    accepted = decision(5.0, timing(RECORDED, 5.0), timing(VARIED, 1.0), generalise=Generality.SHOW)
    assert accepted.verdict is Verdict.ACCEPTED
    assert "the gain exists only on the workload's own input" in accepted.reason
    assert accepted.reason.endswith("which is allowed")


def test_counted_calls_need_fewer_pairs() -> None:
    replays = timing(RECORDED, 1.1, pairs=3), timing(VARIED, 1.0, pairs=3)
    assert decision(1.1, *replays, objective=Objective.INSTRUCTIONS).verdict is Verdict.NOT_FASTER
