import math

import pytest

from agent.minimising.tolerance import MOST_LOSS, MOST_SHARE, tolerance_for
from core.candidate import Candidate, Decision, Proposal, Verdict
from core.measurement import Speedup


def found(estimate: float) -> Candidate:
    speedup = Speedup(estimate=estimate, low=estimate * 0.9, high=estimate * 1.1)
    decision = Decision(verdict=Verdict.ACCEPTED, reason="", speedup=speedup)
    return Candidate(
        number=1,
        parent=0,
        proposal=Proposal(patch="", rationale="", direction="", proposer=""),
        decision=decision,
    )


def shown(low: float, estimate: float, high: float) -> Speedup:
    return Speedup(low=low, estimate=estimate, high=high)


def test_of_a_small_gain_only_a_share_may_be_lost() -> None:
    assert tolerance_for(found(1.03)).threshold == pytest.approx(math.exp(-MOST_SHARE * math.log(1.03)))


def test_of_a_large_gain_no_more_may_be_lost_for_certain_than_of_any() -> None:
    assert tolerance_for(found(100)).threshold == 1 - MOST_LOSS


@pytest.mark.parametrize(
    ("speedup", "allowed"),
    [
        (shown(0.97, 0.99, 1.02), True),
        (shown(0.90, 0.92, 0.94), False),
        (shown(0.80, 0.93, 1.20), True),
        (shown(0.40, 0.60, 1.20), False),
    ],
    ids=["surely as fast", "surely slower", "noisy, nothing seen", "noisy, much seen"],
)
def test_the_interval_decides_and_where_it_cannot_the_estimate(speedup: Speedup, *, allowed: bool) -> None:
    assert tolerance_for(found(5)).allows(speedup) is allowed
