import pytest

from agent.strategies.beam import Beam
from agent.strategies.greedy import Greedy
from core.candidate import Candidate, Decision, Proposal, Verdict
from core.errors import ConfigError
from core.measurement import Speedup
from core.protocols import Strategy


def candidate(number: int, parent: int | None, verdict: Verdict, low: float = 1.0) -> Candidate:
    return Candidate(
        number=number,
        parent=parent,
        proposal=Proposal(patch="", rationale="", direction="", proposer="p"),
        decision=Decision(verdict=verdict, reason="", speedup=Speedup(estimate=low + 0.1, low=low, high=low + 0.2)),
    )


BASELINE = candidate(0, None, Verdict.BASELINE)


@pytest.mark.parametrize("strategy", [Greedy(), Beam(), Beam(width=1)])
def test_with_only_a_baseline_every_strategy_builds_on_it(strategy: Strategy) -> None:
    assert strategy.select([BASELINE]) == 0


@pytest.mark.parametrize("strategy", [Greedy(), Beam(), Beam(width=1)])
def test_the_same_history_gives_the_same_choice(strategy: Strategy) -> None:
    history = [BASELINE, candidate(1, 0, Verdict.ACCEPTED, 1.2), candidate(2, 0, Verdict.ACCEPTED, 1.4)]
    assert {strategy.select(history) for _ in range(5)} == {strategy.select(list(history))}


def test_greedy_builds_on_the_highest_lower_bound() -> None:
    history = [BASELINE, candidate(1, 0, Verdict.ACCEPTED, 1.4), candidate(2, 0, Verdict.ACCEPTED, 1.2)]
    assert Greedy().select(history) == 1


def test_candidates_that_failed_are_never_built_on() -> None:
    history = [BASELINE, candidate(1, 0, Verdict.TESTS_FAILED, 9.0), candidate(2, 0, Verdict.NOT_FASTER, 9.0)]
    assert Greedy().select(history) == 0
    assert Beam().select(history) == 0


def test_a_beam_gives_the_least_explored_of_its_best_a_turn() -> None:
    history = [BASELINE, candidate(1, 0, Verdict.ACCEPTED, 1.4), candidate(2, 1, Verdict.ACCEPTED, 1.2)]
    assert Beam(width=3).select(history) == 2
    assert Beam(width=1).select(history) == 1


def test_a_beam_without_width_is_refused() -> None:
    with pytest.raises(ConfigError, match="width is 0"):
        Beam(width=0)
