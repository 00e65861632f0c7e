"""Whether a gain is one on other inputs, too: what the timings of replayed calls mean. Pure.

A gain is special to the workload's own input when the recorded calls by themselves show it and the same calls with other
arguments of the same size show less than half of it. It is hidden when the calls are the workload and show nothing.
"""

import math

from agent.measure import log_ratios
from core import stats
from core.candidate import Evaluation
from core.measurement import Speedup
from core.problem import Generality, Objective, Problem
from core.protocols import REPLAYED_SHARE

NOTE = "generalises"
"""The check under which an evaluation says why the question could not be answered."""
RECORDED = "recorded calls"
VARIED = "varied calls"
LARGE = 1.5
"""A gain beyond this can't come from the fifth of the workload's time that its recorded calls may leave out."""
COVERED = 0.8
"""The share of the workload's time that its recorded calls must take before their silence says something."""
_PLAN = stats.spend((6, 10), alpha=0.1)


def replay_plan(objective: Objective) -> stats.Plan:
    """How pairs are looked at when calls are replayed: few, since a gain that is special is rarely a small one."""
    return stats.EXACT if objective is Objective.INSTRUCTIONS else _PLAN


def half_of(gain: Speedup) -> float:
    """The speedup that is half of `gain` on the scale of logarithms; the benefit of doubt is the candidate's."""
    return math.sqrt(max(gain.low, 1.0))


def _seen_at_least(gain: Speedup) -> float:
    """What a replay shows when its calls have that gain and are as small a part of it as they may be."""
    return 1 / (1 - REPLAYED_SHARE + REPLAYED_SHARE / gain.low)


def seen_on(evaluation: Evaluation, replay: str, problem: Problem) -> Speedup | None:
    """The speedup of the replay of that name; None where it was not timed."""
    timings = [timing for timing in evaluation.replays if timing.workload == replay]
    if not timings:
        return None
    return stats.shown_by(log_ratios(timings[0], problem.objective), replay_plan(problem.objective))


def objection(evaluation: Evaluation, problem: Problem, shown: Speedup) -> str | None:
    """Why a gain of `shown` does not count; None when it does, or when that is not known."""
    finding = finding_in(evaluation, problem, shown)
    return finding if problem.generalise is Generality.REQUIRE else None


def finding_in(evaluation: Evaluation, problem: Problem, shown: Speedup) -> str | None:
    """What speaks against a gain of `shown`, allowed or not; None when nothing does, or when that is not known."""
    recorded = seen_on(evaluation, RECORDED, problem)
    if recorded is None or note_in(evaluation):
        return None
    if recorded.low <= problem.min_speedup:
        if shown.low < LARGE or recorded.high >= math.sqrt(_seen_at_least(shown)):
            return None
        return (
            f"the gain shows only when the workload itself runs: {shown.estimate:.3g}× there, "
            f"{recorded.estimate:.3g}× on its recorded calls by themselves"
        )
    varied = seen_on(evaluation, VARIED, problem)
    if varied is None or varied.high >= half_of(recorded):
        return None
    return (
        f"the gain exists only on the workload's own input: {recorded.estimate:.3g}× on the recorded calls, "
        f"{varied.estimate:.3g}× on varied ones of the same size"
    )


def remark(evaluation: Evaluation, problem: Problem, shown: Speedup) -> str:
    """What is known about other inputs, for the reason of an accepted candidate; empty when nobody asked."""
    finding, note = finding_in(evaluation, problem, shown), note_in(evaluation)
    if finding:
        return f"{finding}, which is allowed"
    if note:
        return f"not shown to generalise: {note}"
    varied = seen_on(evaluation, VARIED, problem)
    if varied is not None and varied.low > problem.min_speedup:
        return f"{varied} on varied calls of the same size"
    recorded = seen_on(evaluation, RECORDED, problem)
    if recorded is None:
        return ""
    replay, speedup = ("varied", varied) if varied else ("recorded", recorded)
    return f"not shown to generalise: the {replay} calls by themselves show {speedup}"


def note_in(evaluation: Evaluation) -> str:
    """Why the question could not be answered; empty where it was."""
    return next((check.reason for check in evaluation.checks if check.check == NOTE), "")
