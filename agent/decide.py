"""The acceptance rule: what an evaluation means. Pure, and deliberately not a plug-in.

A candidate is accepted when nothing failed, the lower end of its interval clears the problem's threshold, no workload got
slower, nothing was bought with other costs, and the gain is not known to be one of the workload's own input or repetition only.
"""

import statistics
from collections.abc import Callable, Iterator

from agent import generality, repetition
from agent.measure import headline, log_ratios
from agent.side_costs import side_costs
from core import stats
from core.candidate import Decision, Evaluation, Verdict
from core.measurement import Costs, Speedup, Timing
from core.problem import Generality, Objective, Problem

SLOWER_WORKLOAD = 0.97
"""Of several workloads, one whose estimate is below this counts as slower when already a looser interval ends below 1."""
_LOOSER_ALPHA = 0.1
_GUARD_ALPHA = 0.02
"""A time counts as risen when an interval at this level lies wholly on that side."""
TIME_SLACK_SECONDS = 0.002
"""Differences of time below this are the clock's and the scheduler's."""
MEMORY_SLACK_BYTES = 4 * 2**20
"""Differences of peak memory below this are the allocator's."""


def decide(
    evaluation: Evaluation, problem: Problem, plan: stats.Plan, *, success: Verdict = Verdict.ACCEPTED
) -> Decision:
    """The verdict on `evaluation` with its reason; `success` when it passes."""
    if evaluation.failure is not None:
        return Decision(verdict=evaluation.failure.verdict or Verdict.INVALID_PATCH, reason=evaluation.failure.reason)
    shown = stats.shown_by(headline(evaluation.timings, problem.objective), plan)
    if shown is None:
        return Decision(verdict=Verdict.NOT_FASTER, reason="too few pairs were timed for an interval")
    by_workload = tuple(
        (timing.workload, speedup) for timing in evaluation.timings if (speedup := _shown(timing, problem, plan))
    )
    objections = _objections(evaluation, problem, shown, dict(by_workload))
    objection = next(objections, None)
    if objection is not None:
        return Decision(verdict=Verdict.NOT_FASTER, reason=objection, speedup=shown, by_workload=by_workload)
    reason = f"{shown}: the lower end clears {problem.min_speedup:g}×"
    moved = side_costs(evaluation.timings, problem.objective)
    remarks = (repetition.remark(evaluation, problem), generality.remark(evaluation, problem, shown))
    reason = "; ".join(part for part in (reason, moved, *remarks) if part)
    return Decision(verdict=success, reason=reason, speedup=shown, by_workload=by_workload)


def allowed_in(evaluation: Evaluation, problem: Problem, shown: Speedup) -> tuple[str, ...]:
    """What speaks against a gain of `shown` and is only said, since the problem has it so."""
    if problem.generalise is Generality.REQUIRE:
        return ()
    findings = (repetition.finding_in(evaluation, problem), generality.finding_in(evaluation, problem, shown))
    return tuple(finding for finding in findings if finding)


def _shown(timing: Timing, problem: Problem, plan: stats.Plan) -> Speedup | None:
    return stats.shown_by(log_ratios(timing, problem.objective), plan)


def _objections(
    evaluation: Evaluation, problem: Problem, shown: Speedup, by_workload: dict[str, Speedup]
) -> Iterator[str]:
    if shown.low <= problem.min_speedup:
        yield f"{shown}: the lower end does not clear {problem.min_speedup:g}×"
    for timing in evaluation.timings:
        speedup = by_workload.get(timing.workload)
        if speedup and (speedup.high < 1 or _is_likely_slower(timing, problem)):
            yield f"the workload {timing.workload} got slower: {speedup}"
        yield from _moved_costs(timing, problem)
    for special in (repetition.objection(evaluation, problem), generality.objection(evaluation, problem, shown)):
        if special:
            yield special


def _is_likely_slower(timing: Timing, problem: Problem) -> bool:
    """By more than can be overlooked, and by more than the noise of its own pairs explains."""
    likely = stats.speedup_of(log_ratios(timing, problem.objective), alpha=_LOOSER_ALPHA)
    return likely.estimate < SLOWER_WORKLOAD and likely.high < 1


def _moved_costs(timing: Timing, problem: Problem) -> Iterator[str]:
    """Costs other than the objective that rose beyond their guard: medians of all samples of each side."""
    guards = problem.guards
    guarded: tuple[tuple[Objective, str, float | None, Callable[[Costs], float], float], ...] = (
        (Objective.WALL, "wall time", guards.wall, lambda costs: costs.wall_seconds, TIME_SLACK_SECONDS),
        (Objective.CPU, "CPU time", guards.cpu, lambda costs: costs.cpu_seconds, TIME_SLACK_SECONDS),
        (Objective.MEMORY, "peak memory", guards.memory, lambda costs: costs.memory_bytes, MEMORY_SLACK_BYTES),
    )
    for objective, name, factor, cost, slack in guarded:
        if objective is problem.objective:
            continue  # its intervals say more than medians
        before = statistics.median(cost(pair.original) for pair in timing.pairs)
        after = statistics.median(cost(pair.candidate) for pair in timing.pairs)
        if factor is not None and after > before * factor + slack and not _is_noise(timing, objective):
            times = f"{after / before:.2f}× the original's" if before else "the original needs none"
            yield f"bought with {name}: {times} on {timing.workload}, {factor:g}× is allowed"


def _is_noise(timing: Timing, objective: Objective) -> bool:
    """Whether a time that rose may as well have stayed, by its own pairs: of three samples under valgrind on a busy machine
    the medians differ by a tenth now and then. Memory has no such noise.
    """
    if objective is Objective.MEMORY:
        return False
    return stats.speedup_of(log_ratios(timing, objective), alpha=_GUARD_ALPHA).high >= 1
