"""What timings with a process for each repetition mean for the verdict."""

from dataclasses import replace

import pytest

from agent.decide import decide
from agent.generality import RECORDED, VARIED
from core import stats
from core.candidate import Decision, Evaluation, Verdict
from core.measurement import Timing
from core.problem import Generality
from tests.agent.conftest import a_problem
from tests.agent.test_generality import timing


def repeated(name: str, speedup: float) -> Timing:
    return replace(timing(name, speedup), loops=68)


def decision(*timings: Timing, apart: tuple[Timing, ...] = (), generalise: Generality = Generality.REQUIRE) -> Decision:
    shown = timings[0]
    gain = shown.pairs[0].original.wall_seconds / shown.pairs[0].candidate.wall_seconds
    replays = (*apart, timing(RECORDED, gain), timing(VARIED, gain))
    problem = replace(a_problem([each.workload for each in timings]), generalise=generalise)
    return decide(Evaluation(timings=timings, replays=replays), problem, stats.SEARCH)


@pytest.mark.parametrize(("gain", "apart"), [(5.0, 1.1), (5.0, 1.3), (1.3, 1.0), (1.05, 1.0)])
def test_a_gain_that_is_lost_with_a_process_for_each_repetition_is_refused(gain: float, apart: float) -> None:
    refused = decision(repeated("work", gain), apart=(timing("work", apart),))
    assert refused.verdict is Verdict.NOT_FASTER
    assert "the gain is one of repetition only" in refused.reason
    assert f"{apart:.3g}× when each repetition has its own" in refused.reason


@pytest.mark.parametrize(("gain", "apart"), [(5.0, 3.0), (5.0, 1.8), (1.3, 1.2), (1.05, 1.03)])
def test_a_gain_of_each_repetition_may_look_smaller_beside_the_cost_of_its_process(gain: float, apart: float) -> None:
    kept = decision(repeated("work", gain), apart=(timing("work", apart),))
    assert kept.verdict is Verdict.ACCEPTED
    assert "repetition" not in kept.reason


def test_who_wants_the_gain_of_repetition_is_told_what_it_is() -> None:
    accepted = decision(repeated("work", 5.0), apart=(timing("work", 1.0),), generalise=Generality.SHOW)
    assert accepted.verdict is Verdict.ACCEPTED
    assert "the gain is one of repetition only" in accepted.reason
    assert "which is allowed" in accepted.reason


def test_that_repetitions_were_not_timed_apart_is_said() -> None:
    accepted = decision(repeated("work", 5.0))
    assert accepted.verdict is Verdict.ACCEPTED
    assert "not shown with a process for each of the 68 repetitions of a sample" in accepted.reason


def test_a_sample_of_one_repetition_has_no_such_question() -> None:
    assert "repetition" not in decision(timing("work", 5.0)).reason


@pytest.mark.parametrize(("other", "verdict"), [(2.0, Verdict.ACCEPTED), (1.0, Verdict.NOT_FASTER)])
def test_of_several_workloads_one_may_lose_its_gain_if_the_others_are_faster(other: float, verdict: Verdict) -> None:
    timings = (repeated("work", 1.5), repeated("more", other))
    assert decision(*timings, apart=(timing("work", 1.0), timing("more", other))).verdict is verdict
