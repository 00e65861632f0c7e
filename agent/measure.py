"""Time a candidate against the original: fresh processes, in pairs, in random order, until the numbers settle it.

Where a program lies in memory, and how its sets and dictionaries collide, can make it several per cent faster or slower
(Mytkowicz et al., Producing Wrong Data Without Doing Anything Obviously Wrong!, ASPLOS 2009). Both samples of a pair are
taken under one and the same such layout, and every pair under another.
"""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from agent.search import Repeated
from core import stats
from core.candidate import CheckResult, Verdict
from core.conduct import misconduct
from core.errors import SandboxError, UnsteadyError
from core.execution import Ending, ExecResult
from core.measurement import Costs, Pair, Speedup, Timing
from core.output import difference
from core.problem import Objective, Problem
from core.protocols import Sandbox

_LARGEST_HASH_SEED = 2**32 - 1
_MOST_PADDING = 4096
"""Bytes; the environment is what a process's stack begins with, and a page is as far as that can shift anything."""
MOST_HIDDEN_LOSS = 0.9
"""Of several workloads, one that may still be slower than this is timed on: the others' gain settles nothing about it."""
_LOSS_ALPHA = 0.1
SMALLEST_COST = 1e-9
"""A clock may read nothing at all for a tiny sample; a logarithm may not."""


class SampleFailedError(Exception):
    """A sample of the candidate failed, which ends the measurement. Evaluate catches it and records `result`."""

    def __init__(self, result: CheckResult) -> None:
        super().__init__(result.reason)
        self.result = result


@dataclass(frozen=True, kw_only=True)
class Contest:
    """What is measured against what, and when it is settled."""

    problem: Problem
    original: Sandbox
    candidate: Sandbox
    workloads: tuple[Repeated, ...]
    plan: stats.Plan
    threshold: float
    """The speedup that the interval has to clear, from either side."""
    guards_each: bool = True
    """Whether it matters what became of each of several workloads, and not of their mean only."""


def measure(contest: Contest, *, seed: str, on_pair: Callable[[int, Speedup | None], None]) -> tuple[Timing, ...]:
    """Pairs of each workload, in rounds, until the headline is settled and hides no workload's loss, or the plan ends. Raises
    SampleFailedError.
    """
    pairs: list[list[Pair]] = [[] for _ in contest.workloads]
    for original_first, layout in zip(_orders(seed), _layouts(seed), strict=False):
        for repeated, taken in zip(contest.workloads, pairs, strict=True):
            taken.append(_pair(contest, repeated, layout, original_first=original_first))
        timings = tuple(map(_timing, contest.workloads, pairs))
        ratios = headline(timings, contest.problem.objective)
        on_pair(len(ratios), stats.shown_by(ratios, contest.plan))
        if stats.is_settled(ratios, contest.plan, min_speedup=contest.threshold) and not _hides(
            timings, ratios, contest
        ):
            return timings
    raise AssertionError("the orders of samples never end")


def _hides(timings: Sequence[Timing], ratios: Sequence[float], contest: Contest) -> bool:
    """Whether a gain shows in the mean of several workloads while so few pairs leave it open whether one of them lost much."""
    if not contest.guards_each or len(timings) == 1 or len(ratios) >= contest.plan.most:
        return False
    shown = stats.shown_by(ratios, contest.plan)
    is_faster = shown is not None and shown.low > contest.threshold
    return is_faster and any(_may_have_lost(timing, contest) for timing in timings)


def _may_have_lost(timing: Timing, contest: Contest) -> bool:
    """Whether that is open: a loss is known only by the interval that pays for looking early."""
    ratios = log_ratios(timing, contest.problem.objective)
    shown = stats.shown_by(ratios, contest.plan)
    is_lost = shown is not None and shown.high < 1
    return not is_lost and stats.speedup_of(ratios, alpha=_LOSS_ALPHA).low < MOST_HIDDEN_LOSS


def log_ratios(timing: Timing, objective: Objective) -> list[float]:
    """log(original / candidate) of each pair; above 0 the candidate was better."""
    return [_log(pair.original.of(objective)) - _log(pair.candidate.of(objective)) for pair in timing.pairs]


def headline(timings: Sequence[Timing], objective: Objective) -> list[float]:
    """The log-ratios of the geometric mean over the workloads."""
    return stats.geometric_mean([log_ratios(timing, objective) for timing in timings])


def _log(cost: float) -> float:
    return math.log(max(cost, SMALLEST_COST))


def _timing(repeated: Repeated, pairs: Sequence[Pair]) -> Timing:
    return Timing(workload=str(repeated.workload.spec), loops=repeated.loops, pairs=tuple(pairs))


def _orders(seed: str) -> Iterator[bool]:
    """Whether the original goes first: at random, but as often first as second in every two pairs (ABBA or BAAB)."""
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret
    while True:
        first = chance.choice((True, False))
        yield from (first, not first)


def _layouts(seed: str) -> Iterator[Mapping[str, str]]:
    """Variables that lay a process out at random: the seed of its hashes, and where its stack begins."""
    chance = random.Random(f"{seed}:layout")  # noqa: S311 - a place in memory, not a secret
    while True:
        padding = "x" * chance.randrange(_MOST_PADDING)
        yield {"PYTHONHASHSEED": str(chance.randint(0, _LARGEST_HASH_SEED)), "PADDING": padding}


def _pair(contest: Contest, repeated: Repeated, layout: Mapping[str, str], *, original_first: bool) -> Pair:
    sides = (contest.original, contest.candidate) if original_first else (contest.candidate, contest.original)
    first, second = (_sample(side, repeated, layout) for side in sides)
    original, candidate = (first, second) if original_first else (second, first)
    if not original.succeeded:
        raise UnsteadyError(
            f"the original's workload {repeated.workload.spec} failed while it was timed: {original.failure}"
        )
    _require_success(contest.problem, repeated, original, candidate)
    pair = Pair(
        original=repeated.workload.costs(original),
        candidate=_candidate_s(repeated, candidate),
        original_first=original_first,
    )
    if pair.candidate.uncounted > pair.original.uncounted:
        _fail(repeated, "it replaced a program (exec) or killed one whose instructions are then not counted")
    return pair


def _candidate_s(repeated: Repeated, result: ExecResult) -> Costs:
    """The costs of a candidate's sample; that they can't be read is the candidate's fault, since the original's could."""
    try:
        return repeated.workload.costs(result)
    except SandboxError as error:
        _fail(repeated, str(error))


def _sample(sandbox: Sandbox, repeated: Repeated, layout: Mapping[str, str]) -> ExecResult:
    command = repeated.workload.command(sandbox.layout, loops=repeated.loops)
    return sandbox.run(replace(command, environment={**command.environment, **layout}))


def _require_success(problem: Problem, repeated: Repeated, original: ExecResult, candidate: ExecResult) -> None:
    workload = str(repeated.workload.spec)
    if not candidate.succeeded:
        verdict = Verdict.TIMED_OUT if candidate.ending is Ending.TIMED_OUT else Verdict.WORKLOAD_FAILED
        raise SampleFailedError(
            CheckResult(check="timing", passed=False, reason=f"{workload}: {candidate.failure}", verdict=verdict)
        )
    wrong = misconduct(candidate, [original])
    if wrong:
        _fail(repeated, wrong)
    changed = difference(problem.output_of(repeated.workload.spec), original.stdout, candidate.stdout)
    if changed is not None:
        reason = f"{workload}: its output changed in a timed sample although an earlier one was right: {changed}"
        raise SampleFailedError(
            CheckResult(check="timing", passed=False, reason=reason, verdict=Verdict.BEHAVIOUR_CHANGED)
        )


def _fail(repeated: Repeated, wrong: str) -> NoReturn:
    reason = f"{repeated.workload.spec}: {wrong}"
    raise SampleFailedError(CheckResult(check="timing", passed=False, reason=reason, verdict=Verdict.WORKLOAD_FAILED))
