"""Whether a gain is one of a sample's repetitions only: what timings with a process for each repetition mean. Pure.

A short callable is repeated in one process to be measurable, where a memory of results is of a use that nobody else has. Its
gain is lost when a process for each repetition shows less than a third of what would be left of it: the rest is room for
first calls, and for a process that has become larger.
"""

import math
import statistics
from collections.abc import Container

from agent.measure import SMALLEST_COST, log_ratios
from core import stats
from core.candidate import Evaluation
from core.measurement import Timing
from core.problem import Generality, Objective, Problem
from core.protocols import APART_SHARE

_ALPHA = 0.1
PLAN = stats.spend((6, 10, 15, 22, 32), alpha=_ALPHA)
"""How pairs are looked at with a process for each repetition: until most gains of repetition show that they are lost."""


def least_apart(timing: Timing, problem: Problem, *, share: float = APART_SHARE) -> float | None:
    """The speedup below which the gain of `timing` is lost with a process for each repetition; None when it shows no gain.

    It is a third, on the scale of logarithms, of what the same saving is in a sample that takes 1 / `share` times as long.
    """
    together = stats.speedup_of(log_ratios(timing, problem.objective), alpha=_ALPHA)
    if together.low <= problem.min_speedup:
        return None
    return math.cbrt(1 / (1 - share + share / together.low))


def objection(evaluation: Evaluation, problem: Problem) -> str | None:
    """Why the gain does not count; None when it does, or when that is not known."""
    finding = finding_in(evaluation, problem)
    return finding if problem.generalise is Generality.REQUIRE else None


def remark(evaluation: Evaluation, problem: Problem) -> str:
    """What is known about repetitions, for the reason of an accepted candidate; empty where it does not matter."""
    finding = finding_in(evaluation, problem)
    if finding:
        return f"{finding}, which is allowed"
    if problem.objective is Objective.MEMORY:
        return ""
    unknown = [timing for timing in evaluation.timings if timing.loops > 1 and _apart(timing, evaluation) is None]
    if not unknown or all(least_apart(timing, problem) is None for timing in unknown):
        return ""
    return f"not shown with a process for each of the {unknown[0].loops} repetitions of a sample"


def finding_in(evaluation: Evaluation, problem: Problem) -> str | None:
    """The first workload whose gain is lost, unless the others' gains are enough."""
    lost = {timing.workload: found for timing in evaluation.timings if (found := _loss(timing, evaluation, problem))}
    if not lost or _is_faster_without(lost, evaluation, problem):
        return None
    return next(iter(lost.values()))


def _loss(timing: Timing, evaluation: Evaluation, problem: Problem) -> str | None:
    """What is lost of a workload's gain, in words; None when nothing is, or nobody knows."""
    apart = _apart(timing, evaluation)
    seen = apart and stats.shown_by(log_ratios(apart, problem.objective), PLAN)
    if not apart or not seen:
        return None
    share = _cost_of_original(timing, problem) / _cost_of_original(apart, problem)
    least = least_apart(timing, problem, share=min(1.0, max(APART_SHARE, share)))
    if least is None or seen.estimate >= least:
        return None
    together = stats.speedup_of(log_ratios(timing, problem.objective), alpha=_ALPHA)
    return (
        f"the gain is one of repetition only: {together.estimate:.3g}× when {timing.workload} is repeated in one process, "
        f"{seen.estimate:.3g}× when each repetition has its own"
    )


def _apart(timing: Timing, evaluation: Evaluation) -> Timing | None:
    """The same workload with a process for each repetition; None where it was not timed so."""
    return next((each for each in evaluation.replays if each.workload == timing.workload), None)


def _cost_of_original(timing: Timing, problem: Problem) -> float:
    return max(statistics.median(pair.original.of(problem.objective) for pair in timing.pairs), SMALLEST_COST)


def _is_faster_without(lost: Container[str], evaluation: Evaluation, problem: Problem) -> bool:
    """Whether the headline shows a gain when the lost workloads count as unchanged."""
    ratios = [
        [0.0] * len(timing.pairs) if timing.workload in lost else log_ratios(timing, problem.objective)
        for timing in evaluation.timings
    ]
    return stats.speedup_of(stats.geometric_mean(ratios), alpha=_ALPHA).low > problem.min_speedup
