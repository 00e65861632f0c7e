"""What happens when a sample is not what it should be."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from agent.evaluate import evaluate
from core import stats
from core.candidate import Proposal, Verdict
from tests.agent.conftest import Lab, edit


def test_a_candidate_whose_timed_samples_leave_processes_behind_has_failed(lab: Callable[..., Lab]) -> None:
    """The checks' own look at it is left out, as for a candidate that behaves until it is timed."""
    bench = replace(lab().search.bench, checks=())
    proposal = Proposal(patch=edit(("cost = 1.0", "leaves = 2\ncost = 0.1")), rationale="", direction="", proposer="x")
    failure = evaluate(proposal, bench, number=1, plan=stats.SEARCH).failure
    assert failure is not None
    assert (failure.check, failure.verdict) == ("timing", Verdict.WORKLOAD_FAILED)
    assert "work: it left 2 processes running when it ended" in failure.reason


@pytest.mark.parametrize("leaves", [0, 1])
def test_the_checks_see_it_before_anything_is_timed(lab: Callable[..., Lab], leaves: int) -> None:
    proposal = Proposal(patch=edit(("cost", f"leaves = {leaves}\ncost")), rationale="", direction="", proposer="x")
    seen = evaluate(proposal, lab().search.bench, number=1, plan=stats.SEARCH)
    assert bool(seen.timings) is not bool(leaves)
