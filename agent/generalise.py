"""Time the workload without the memory of its own repetitions, and the calls that the edited functions get by themselves: as
recorded, and with other arguments of the same size.
"""

import statistics
from dataclasses import dataclass, replace

from agent import repetition
from agent.generality import COVERED, NOTE, RECORDED, half_of, replay_plan, seen_on
from agent.measure import Contest, SampleFailedError, headline, measure
from agent.search import Bench, Repeated
from core import stats
from core.candidate import CheckResult, Evaluation
from core.measurement import Timing
from core.problem import Objective
from core.protocols import Replays, Trial

REPLAYED = frozenset({Objective.WALL, Objective.CPU, Objective.INSTRUCTIONS})
"""Objectives whose cost single calls have."""


def generalise(seen: Evaluation, bench: Bench, trial: Trial, *, plan: stats.Plan, seed: str) -> Evaluation:
    """`seen` with the timings of the replays, when its own timings show a gain and there is something to replay.

    A note among its checks says why the question could not be answered. A sample that fails ends the evaluation.
    """
    problem = bench.problem
    shown = stats.shown_by(headline(seen.timings, problem.objective), plan)
    if bench.replayer is None or not trial.changes or shown is None or shown.low <= problem.min_speedup:
        return seen
    if problem.objective not in REPLAYED:
        return _noted(seen, f"the objective {problem.objective} is not one of single calls")
    beside = _Beside(bench=bench, trial=trial, seed=seed)
    with bench.measuring():
        try:
            seen = beside.with_repetitions_apart(seen)
            replays = bench.replayer.replays(trial)
            return beside.with_replays(seen, replays) if isinstance(replays, Replays) else _noted(seen, replays.reason)
        except SampleFailedError as failed:
            return replace(seen, checks=(*seen.checks, failed.result), failure=failed.result)


def _noted(seen: Evaluation, reason: str) -> Evaluation:
    return replace(seen, checks=(*seen.checks, CheckResult(check=NOTE, passed=True, reason=reason)))


@dataclass(frozen=True, kw_only=True)
class _Beside:
    """What is timed of one candidate beside its workloads."""

    bench: Bench
    trial: Trial
    seed: str

    def with_repetitions_apart(self, seen: Evaluation) -> Evaluation:
        """Each workload that gains by a sample that repeats it, with a process for each repetition where that can be timed."""
        problem = self.bench.problem
        for timing, repeated in zip(seen.timings, self.bench.workloads, strict=True):
            least = repetition.least_apart(timing, problem)
            if repeated.apart is None or least is None:
                continue
            try:
                apart = self._time(Repeated(workload=repeated.apart, loops=repeated.loops), least, repetition.PLAN)
            except SampleFailedError as failed:
                reason = f"with a process for each repetition: {failed.result.reason}"
                raise SampleFailedError(replace(failed.result, reason=reason)) from None
            seen = replace(seen, replays=(*seen.replays, apart))
        return seen

    def with_replays(self, seen: Evaluation, replays: Replays) -> Evaluation:
        """The recorded calls first; the varied ones only where those show a gain that could be special to them."""
        problem, loops = self.bench.problem, replays.loops
        plan = replay_plan(problem.objective)
        as_recorded = self._time(Repeated(workload=replays.recorded, loops=loops), problem.min_speedup, plan)
        seen = replace(seen, replays=(*seen.replays, as_recorded))
        recorded = seen_on(seen, RECORDED, problem)
        if recorded is None or recorded.low <= problem.min_speedup:
            return _with_coverage(seen, replays)
        varied = self._time(Repeated(workload=replays.varied, loops=loops), half_of(recorded), plan)
        return replace(seen, replays=(*seen.replays, varied))

    def _time(self, repeated: Repeated, threshold: float, plan: stats.Plan) -> Timing:
        contest = Contest(
            problem=self.bench.problem,
            original=self.trial.original,
            candidate=self.trial.candidate,
            workloads=(repeated,),
            plan=plan,
            threshold=threshold,
        )
        (timing,) = measure(contest, seed=f"{self.seed}:{repeated.workload.spec}", on_pair=lambda *_: None)
        return timing


def _with_coverage(seen: Evaluation, replays: Replays) -> Evaluation:
    """`seen` with a note when the calls, which show no gain, are too small a part of the workload to say something."""
    share = replays.seconds / sum(map(_seconds_of_original, seen.timings))
    if share >= COVERED:
        return seen
    return _noted(
        seen, f"the recorded calls show no gain by themselves, and are only {share:.0%} of the workload's time"
    )


def _seconds_of_original(timing: Timing) -> float:
    """What the workload usually takes once."""
    return statistics.median(pair.original.wall_seconds for pair in timing.pairs) / timing.loops
