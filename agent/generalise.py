"""Time the calls that the edited functions get, by themselves: as recorded, and with other arguments of the same size."""

import statistics
from dataclasses import dataclass, replace

from agent.generality import COVERED, NOTE, RECORDED, half_of, replay_plan, seen_on
from agent.measure import Contest, SampleFailedError, headline, measure
from agent.search import Bench, Repeated
from core import stats
from core.candidate import CheckResult, Evaluation
from core.measurement import Timing
from core.problem import Objective
from core.protocols import Replays, Trial, Workload

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
    with bench.measuring():
        replays = bench.replayer.replays(trial)
        if not isinstance(replays, Replays):
            return _noted(seen, replays.reason)
        try:
            return _Replaying(bench=bench, trial=trial, replays=replays, seed=seed).timed(seen)
        except SampleFailedError as failed:
            return replace(seen, checks=(*seen.checks, failed.result), failure=failed.result)


def _noted(seen: Evaluation, reason: str) -> Evaluation:
    return replace(seen, checks=(*seen.checks, CheckResult(check=NOTE, passed=True, reason=reason)))


@dataclass(frozen=True, kw_only=True)
class _Replaying:
    """One candidate's replays."""

    bench: Bench
    trial: Trial
    replays: Replays
    seed: str

    def timed(self, seen: Evaluation) -> Evaluation:
        """The recorded calls first; the varied ones only where those show a gain that could be special to them."""
        problem = self.bench.problem
        seen = replace(seen, replays=(self._time(self.replays.recorded, problem.min_speedup),))
        recorded = seen_on(seen, RECORDED, problem)
        if recorded is None or recorded.low <= problem.min_speedup:
            return self._with_coverage(seen)
        return replace(seen, replays=(*seen.replays, self._time(self.replays.varied, half_of(recorded))))

    def _time(self, workload: Workload, threshold: float) -> Timing:
        contest = Contest(
            problem=self.bench.problem,
            original=self.trial.original,
            candidate=self.trial.candidate,
            workloads=(Repeated(workload=workload, loops=self.replays.loops),),
            plan=replay_plan(self.bench.problem.objective),
            threshold=threshold,
        )
        (timing,) = measure(contest, seed=f"{self.seed}:{workload.spec}", on_pair=lambda *_: None)
        return timing

    def _with_coverage(self, seen: Evaluation) -> Evaluation:
        """`seen` with a note when the calls, which show no gain, are too small a part of the workload to say something."""
        share = self.replays.seconds / sum(map(_seconds_of_original, seen.timings))
        if share >= COVERED:
            return seen
        return _noted(
            seen, f"the recorded calls show no gain by themselves, and are only {share:.0%} of the workload's time"
        )


def _seconds_of_original(timing: Timing) -> float:
    """What the workload usually takes once."""
    return statistics.median(pair.original.wall_seconds for pair in timing.pairs) / timing.loops
