from dataclasses import replace

from agent.decide import decide
from core import stats
from core.candidate import CheckResult, Evaluation, Verdict
from core.measurement import Costs, Pair, Timing
from core.problem import Guards
from tests.agent.conftest import a_problem

PROBLEM = a_problem(["work"])


def costs(wall: float, *, cpu: float | None = None, memory: float = 100.0) -> Costs:
    return Costs(wall_seconds=wall, cpu_seconds=wall if cpu is None else cpu, memory_bytes=int(memory * 2**20))


def timing(candidate: Costs, *, workload: str = "work", pairs: int = 6) -> Timing:
    taken = tuple(
        Pair(original=costs(1.0 + i / 1000), candidate=candidate, original_first=i % 2 == 0) for i in range(pairs)
    )
    return Timing(workload=workload, loops=1, pairs=taken)


def verdict(*timings: Timing, guards: Guards | None = None) -> tuple[Verdict, str]:
    problem = replace(PROBLEM, guards=guards or Guards())
    decision = decide(Evaluation(timings=timings), problem, stats.SEARCH)
    return decision.verdict, decision.reason


def test_a_candidate_is_faster_when_the_lower_end_clears_the_threshold() -> None:
    assert verdict(timing(costs(0.5)))[0] is Verdict.ACCEPTED
    assert verdict(timing(costs(0.996)))[0] is Verdict.NOT_FASTER


def test_too_few_pairs_never_accept() -> None:
    assert verdict(timing(costs(0.1), pairs=5)) == (Verdict.NOT_FASTER, "too few pairs were timed for an interval")


def test_a_failed_step_decides_before_any_timing() -> None:
    failed = CheckResult(check="tests", passed=False, reason="test_x failed", verdict=Verdict.TESTS_FAILED)
    decision = decide(Evaluation(failure=failed, timings=(timing(costs(0.1)),)), PROBLEM, stats.SEARCH)
    assert (decision.verdict, decision.reason) == (Verdict.TESTS_FAILED, "test_x failed")


def test_no_workload_may_get_slower_whatever_the_others_gain() -> None:
    word, reason = verdict(timing(costs(0.2)), timing(costs(1.2), workload="other"))
    assert word is Verdict.NOT_FASTER
    assert "other got slower" in reason


def test_a_workload_whose_pairs_are_all_over_the_place_has_not_got_slower() -> None:
    wild = tuple(
        Pair(original=costs(1.0, cpu=0.1), candidate=costs(wall, cpu=0.1), original_first=True)
        for wall in (0.9, 1.35, 0.85, 1.25, 1.04, 1.06)
    )
    noisy = Timing(workload="other", loops=1, pairs=wild)
    assert verdict(timing(costs(0.2)), noisy)[0] is Verdict.ACCEPTED


def test_wall_time_bought_with_memory_or_cpu_is_refused() -> None:
    assert "peak memory" in verdict(timing(costs(0.5, memory=200)))[1]
    assert "CPU time" in verdict(timing(costs(0.5, cpu=1.5)))[1]


def test_a_time_that_rose_in_some_pairs_and_fell_in_others_was_not_bought_with() -> None:
    def taken(*times: float) -> Timing:
        pairs = tuple(Pair(original=costs(1.0), candidate=costs(0.5, cpu=cpu), original_first=True) for cpu in times)
        return Timing(workload="work", loops=1, pairs=pairs)

    assert verdict(taken(0.8, 1.4, 1.3, 0.9, 1.35, 1.3))[0] is Verdict.ACCEPTED
    assert "CPU time" in verdict(taken(1.2, 1.4, 1.3, 1.25, 1.35, 1.3))[1]


def test_a_guard_that_is_switched_off_does_not_refuse() -> None:
    assert verdict(timing(costs(0.5, memory=200)), guards=Guards(memory=None))[0] is Verdict.ACCEPTED


def test_a_few_megabytes_are_the_allocators() -> None:
    taken = tuple(
        Pair(original=costs(1.0, memory=8), candidate=costs(0.5, memory=11), original_first=True) for _ in range(6)
    )
    assert verdict(Timing(workload="work", loops=1, pairs=taken))[0] is Verdict.ACCEPTED


def test_two_milliseconds_are_the_schedulers_and_no_time_at_all_is_no_error() -> None:
    for before, after in ((0.0, 0.0015), (0.001, 0.0014)):
        taken = tuple(
            Pair(original=costs(1.0, cpu=before), candidate=costs(0.5, cpu=after), original_first=True)
            for _ in range(6)
        )
        assert verdict(Timing(workload="work", loops=1, pairs=taken))[0] is Verdict.ACCEPTED
    taken = tuple(
        Pair(original=costs(1.0, cpu=0.0), candidate=costs(0.5, cpu=0.5), original_first=True) for _ in range(6)
    )
    assert "the original needs none" in verdict(Timing(workload="work", loops=1, pairs=taken))[1]


def test_the_guards_hold_for_short_workloads_too() -> None:
    taken = tuple(
        Pair(original=costs(0.012, cpu=0.012), candidate=costs(0.008, cpu=0.022), original_first=True) for _ in range(6)
    )
    assert "bought with CPU time: 1.83×" in verdict(Timing(workload="work", loops=1, pairs=taken))[1]


def test_a_success_says_how_the_guarded_costs_moved() -> None:
    word, reason = verdict(timing(costs(0.5, cpu=0.71, memory=102)))
    assert word is Verdict.ACCEPTED
    assert reason.endswith("the lower end clears 1.01×; CPU time 0.71×, peak memory 1.02× of the original's")


def test_of_several_workloads_the_worst_is_said() -> None:
    reason = verdict(timing(costs(0.5, memory=90)), timing(costs(0.5, memory=110), workload="other"))[1]
    assert "CPU time at most 0.50×, peak memory at most 1.10× of the original's" in reason


def test_a_cost_that_the_original_does_not_have_is_not_compared() -> None:
    free = costs(0.5, cpu=0.0, memory=0)
    taken = tuple(Pair(original=costs(1.0, cpu=0.0, memory=0), candidate=free, original_first=True) for _ in range(6))
    assert verdict(Timing(workload="work", loops=1, pairs=taken))[1].endswith("clears 1.01×")
