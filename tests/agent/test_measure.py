"""What happens when a sample is not what it should be."""

import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from agent.decide import decide
from agent.evaluate import evaluate
from agent.search import Repeated
from core import stats
from core.candidate import Proposal, Verdict
from core.execution import ExecResult
from core.measurement import Costs
from core.output import OutputRule
from core.problem import Objective
from tests.agent.conftest import Lab, edit
from tests.fakes.sandbox import FakeWorkload


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


@dataclass(frozen=True, kw_only=True)
class Hiding(FakeWorkload):
    """Counts as many programs as uncounted as the checkout prints letters."""

    def costs(self, result: ExecResult) -> Costs:
        return replace(super().costs(result), instructions=1000, uncounted=result.stdout.size)


def test_a_candidate_that_hides_more_programs_from_the_count_than_the_original_has_failed(
    lab: Callable[..., Lab],
) -> None:
    bench = lab().search.bench
    problem = replace(bench.problem, objective=Objective.INSTRUCTIONS, output=OutputRule.parse("ignore"))
    bench = replace(bench, problem=problem, workloads=(Repeated(workload=Hiding(), loops=1),), checks=())
    for prints, verdict in (("'ok'", None), ("'more'", Verdict.WORKLOAD_FAILED)):
        proposal = Proposal(patch=edit(("'ok'", prints), ("1000", "1001")), rationale="", direction="", proposer="x")
        failure = evaluate(proposal, bench, number=1, plan=stats.EXACT).failure
        assert (failure.verdict if failure else None) is verdict


@dataclass(frozen=True, kw_only=True)
class OfMemory(FakeWorkload):
    """A second workload on a restless machine: it takes as long as the checkout says of memory."""

    chance: random.Random
    target: str = "other"

    def costs(self, result: ExecResult) -> Costs:
        seconds = result.peak_memory_bytes / 1000 / 2**20 * self.chance.lognormvariate(0, 0.12)
        return replace(super().costs(result), wall_seconds=seconds, cpu_seconds=seconds, memory_bytes=1)


def with_another(lab: Lab, seed: int, *edits: tuple[str, str]) -> tuple[Verdict, int]:
    """The verdict on the edits, and after how many pairs, where a second workload is timed, too."""
    other = OfMemory(chance=random.Random(seed))
    workloads = (*lab.search.bench.workloads, Repeated(workload=other, loops=1))
    bench = replace(lab.search.bench, workloads=workloads, checks=())
    proposal = Proposal(patch=edit(*edits), rationale="", direction="", proposer="x")
    seen = evaluate(proposal, bench, number=seed, plan=stats.SEARCH)
    return decide(seen, bench.problem, stats.SEARCH).verdict, len(seen.timings[0].pairs)


FASTER = ("cost = 1.0", "cost = 0.25")


def test_a_gain_on_one_workload_hides_no_loss_of_another(lab: Callable[..., Lab]) -> None:
    slower = ("1000", "1200")
    verdicts = [with_another(lab(), seed, FASTER, slower)[0] for seed in range(20)]
    assert verdicts == [Verdict.NOT_FASTER] * 20


def test_a_workload_that_did_not_change_keeps_no_gain_of_another_from_being_accepted(lab: Callable[..., Lab]) -> None:
    ended = [with_another(lab(), seed, FASTER) for seed in range(20)]
    assert [verdict for verdict, _ in ended].count(Verdict.ACCEPTED) >= 18
    assert statistics.median(pairs for _, pairs in ended) <= 32
