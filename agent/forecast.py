"""Before anything is spent: how noisy the machine is, what gain the search can find on it, and how long that takes."""

from dataclasses import dataclass

from agent.measure import headline
from core import figures, power
from core.candidate import Evaluation
from core.problem import Objective, Problem
from core.stats import Plan

TOO_COARSE = 1.05
"""Where not even this gain can be found, something should be done about the noise."""
_EXAMPLES = (1.05, 1.10, 2.0)
ADVICE = (
    "this machine is too noisy for small gains: end what else runs here, give the workload more to do, "
    "pin the sandbox to a processor (option cores), or choose the objective instructions"
)


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What identical code on both sides says about the comparisons to come."""

    noise: float
    """Standard deviation of a pair's log-ratio, which is about its relative error."""
    detectable: float
    """The smallest speedup that a full comparison finds nine times out of ten."""
    pairs: tuple[tuple[float, int | None], ...]
    """For some speedups, the pairs that it takes to find them nine times out of ten; None: too small for that."""
    pair_seconds: float
    """Wall time of one pair of samples of all workloads."""

    @property
    def too_noisy(self) -> bool:
        """Whether gains that people care about can't be found."""
        return self.detectable > TOO_COARSE

    def __str__(self) -> str:
        found = ", ".join(self._example(speedup, pairs) for speedup, pairs in self.pairs)
        return (
            f"two samples of identical code differ by {figures.share(self.noise)}; gains from "
            f"{figures.times(self.detectable)} on can be found ({found})"
        )

    def _example(self, speedup: float, pairs: int | None) -> str:
        if pairs is None:
            return f"{figures.times(speedup)} can't"
        return f"{figures.times(speedup)} takes {pairs} pairs, {figures.seconds(pairs * self.pair_seconds)}"


def forecast(baseline: Evaluation, problem: Problem, plan: Plan) -> Forecast | None:
    """From the pairs of the baseline; None when it was not timed, or its cost is a count that repeats."""
    ratios = headline(baseline.timings, problem.objective)
    if not ratios or problem.objective is Objective.INSTRUCTIONS:
        return None
    noise, threshold = power.noise_of(ratios), problem.min_speedup
    taken = [pair for timing in baseline.timings for pair in timing.pairs]
    seconds = sum(pair.original.wall_seconds + pair.candidate.wall_seconds for pair in taken)
    return Forecast(
        noise=noise,
        detectable=power.detectable(noise, plan, min_speedup=threshold),
        pairs=tuple((each, power.pairs_for(each, noise, plan, min_speedup=threshold)) for each in _EXAMPLES),
        pair_seconds=seconds / len(ratios),
    )
