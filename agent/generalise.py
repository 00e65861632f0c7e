"""Time the workload without the memory of its own repetitions, and the calls that the edited functions get by themselves: as
recorded, and with other arguments of the same size.
"""

import statistics
from dataclasses import dataclass, replace

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
    replaying = _Replaying(bench=bench, trial=trial, seed=seed)
    with bench.measuring():
        try:
            seen = replaying.with_repetitions_apart(seen)
            replays = bench.replayer.replays(trial)
            return replaying.timed(seen, replays) if isinstance(replays, Replays) else _noted(seen, replays.reason)
        except SampleFailedError as failed:
            return replace(seen, checks=(*seen.checks, failed.result), failure=failed.result)


def _noted(seen: Evaluation, reason: str) -> Evaluation:
    return replace(seen, checks=(*seen.checks, CheckResult(check=NOTE, passed=True, reason=reason)))


@dataclass(frozen=True, kw_only=True)
class _Replaying:
    """One candidate's replays."""

    bench: Bench
    trial: Trial
    seed: str

    def with_repetitions_apart(self, seen: Evaluation) -> Evaluation:
        """Each workload that is repeated in one process, as far as it can be timed with a process for each repetition."""
        least = self.bench.problem.min_speedup
        apart = [(repeated.apart, repeated.loops) for repeated in self.bench.workloads if repeated.apart is not None]
        timed = (self._time(Repeated(workload=workload, loops=loops), least) for workload, loops in apart)
        return replace(seen, replays=(*seen.replays, *timed))

    def timed(self, seen: Evaluation, replays: Replays) -> Evaluation:
        """The recorded calls first; the varied ones only where those show a gain that could be special to them."""
        problem, loops = self.bench.problem, replays.loops
        timed = self._time(Repeated(workload=replays.recorded, loops=loops), problem.min_speedup)
        seen = replace(seen, replays=(*seen.replays, timed))
        recorded = seen_on(seen, RECORDED, problem)
        if recorded is None or recorded.low <= problem.min_speedup:
            return _with_coverage(seen, replays)
        timed = self._time(Repeated(workload=replays.varied, loops=loops), half_of(recorded))
        return replace(seen, replays=(*seen.replays, timed))

    def _time(self, repeated: Repeated, threshold: float) -> Timing:
        contest = Contest(
            problem=self.bench.problem,
            original=self.trial.original,
            candidate=self.trial.candidate,
            workloads=(repeated,),
            plan=replay_plan(self.bench.problem.objective),
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
