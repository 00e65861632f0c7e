"""From pairs of samples to a speedup with an interval that stays valid although we look at it while it grows.

Of the paired log-ratios log(original / candidate) nothing is assumed but that their noise is symmetric about the true
effect, which random order within pairs gives when both sides are alike. Two intervals are made of them, each with half of
the error rate, so that what they have in common holds with all of it (Bonferroni):

- from Wilcoxon's signed ranks: Hodges and Lehmann's, from the Walsh averages (Hollander, Wolfe & Chicken, Nonparametric
  Statistical Methods, 3rd ed., §3.2-3.3), which is narrow where noise is about normal;
- from signs alone: Thompson's, from the order statistics (ibid., §3.6), which is narrow where most pairs agree closely and
  many are far off, as on a machine whose neighbours come and go.

Both have their level for any number of pairs by exact null distributions.

Looking early is paid for by spending the error rate over a fixed list of looks and adding up by the union bound
(Bonferroni; Lan & DeMets, Biometrika 70, 1983, for the idea of spending): an interval at look k has level 1 - alpha_k
with sum(alpha_k) <= alpha, so that all intervals together hold with probability 1 - alpha, whenever one stops.

The first looks have too few pairs for their level: n signs show no more than 2 / 2^n. There the interval is Student's, but
never narrower than from the smallest to the largest log-ratio. For normal noise it has its level; and whatever the
symmetric noise, identical code is taken for faster at such a look at most once in 2^n.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.measurement import Speedup


@dataclass(frozen=True, kw_only=True)
class Plan:
    """When to look at the growing pairs, and how much error each look may spend."""

    looks: tuple[int, ...]
    """Numbers of pairs at which a decision is allowed, rising."""
    alphas: tuple[float, ...]
    """Two-sided error rate of each look."""
    exact: bool = False
    """The cost is a count that repeats (almost) exactly: a few pairs and Student's t."""
    gives_up: bool = True
    """Whether to end when a gain is unlikely. Not where what is unlikely has to be told from what is a little slower."""

    @property
    def most(self) -> int:
        """The largest number of pairs."""
        return self.looks[-1]


def spend(looks: tuple[int, ...], *, alpha: float) -> Plan:
    """A plan that spends `alpha` over `looks` in proportion to the square root of their pairs: early looks are cheap anyway."""
    roots = [math.sqrt(look) for look in looks]
    return Plan(looks=looks, alphas=tuple(alpha * root / sum(roots) for root in roots))


SEARCH = spend((6, 9, 14, 21, 32, 48, 72, 108, 162), alpha=0.02)
"""For candidates of the search."""
NOISE = Plan(looks=(10,), alphas=(0.1,))
"""For identical code on both sides."""
MINIMISATION = replace(spend((6, 10, 15, 22), alpha=0.1), gives_up=False)
"""For the question whether a part of a patch is needed; whatever is left is measured again."""
MOST_CONFIRMATIONS = 3
"""How many candidates of a run may be put to the test with fresh samples."""
CONFIRMATION = spend((10, 14, 20, 28, 40, 56, 80, 112, 160, 224), alpha=0.01 / MOST_CONFIRMATIONS)
"""For the patch that is reported: however many confirmations a run needs, all its intervals hold with probability 0.99."""
EXACT = Plan(looks=(3,), alphas=(0.01,), exact=True)
EXACT_CONFIRMATION = Plan(looks=(3,), alphas=(0.01 / MOST_CONFIRMATIONS,), exact=True)
"""Both for counted objectives."""
PROMISING = 1.03
"""A gain beyond the threshold that is worth more pairs, as a factor on it."""
_UNPROMISING_ALPHA = 0.1
_LARGEST_LOG = 700.0


def speedup_of(log_ratios: Sequence[float], *, alpha: float, exact: bool = False) -> Speedup:
    """Estimate and two-sided interval of level 1 - `alpha` for exp(centre of `log_ratios`); of one, from 0 to infinity.

    With too few pairs for ranks and signs to have that level, Student's interval, widened to all log-ratios.
    """
    values = np.asarray(log_ratios, dtype=float)
    centre, low, high = (_student if exact else _distribution_free)(values, alpha)
    return Speedup(estimate=_factor(centre), low=_factor(low), high=_factor(high))


def _factor(log_ratio: float) -> float:
    """What few wild values show may be beyond every number."""
    return math.exp(log_ratio) if log_ratio < _LARGEST_LOG else math.inf


def _student(values: NDArray[np.float64], alpha: float) -> tuple[float, float, float]:
    centre = float(values.mean())
    from scipy.special import stdtrit  # noqa: PLC0415 - slow to import, and most commands never ask

    half = float(stdtrit(len(values) - 1, 1 - alpha / 2)) * float(values.std(ddof=1)) / math.sqrt(len(values))
    return centre, centre - half, centre + half


def _distribution_free(values: NDArray[np.float64], alpha: float) -> tuple[float, float, float]:
    n = len(values)
    if n == 1:
        return float(values[0]), -math.inf, math.inf
    if _critical_rank_sum(n, alpha / 4) < 0:
        _, low, high = _student(values, alpha)
        return float(np.median(_walsh(values))), min(low, float(values.min())), max(high, float(values.max()))
    ranks = _inner(_walsh(values), _critical_rank_sum(n, alpha / 4))
    signs = _inner(np.sort(values), _critical_sign_count(n, alpha / 4))
    low, high = max(ranks[1], signs[1]), min(ranks[2], signs[2])
    if low > high:  # each excludes the other, so that one of them is wrong
        low, high = min(ranks[1], signs[1]), max(ranks[2], signs[2])
    centre, _, _ = min(ranks, signs, key=lambda each: each[2] - each[1])
    return min(max(centre, low), high), low, high


def _walsh(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The means of all pairs of values, each with itself included, in order."""
    rows, columns = np.triu_indices(len(values))
    return np.sort((values[rows] + values[columns]) / 2)


def _inner(ordered: NDArray[np.float64], skipped: int) -> tuple[float, float, float]:
    """Median, and the first and last of what is left without so many at either end."""
    return float(np.median(ordered)), float(ordered[skipped]), float(ordered[-1 - skipped])


@lru_cache(maxsize=256)
def _critical_sign_count(n: int, tail: float) -> int:
    """The largest k with P(at most k of n signs are positive) <= `tail`."""
    from scipy.special import bdtr  # noqa: PLC0415 - as above

    return int(np.searchsorted(bdtr(np.arange(n + 1), n, 0.5), tail * (1 + 1e-9), side="right")) - 1


@lru_cache(maxsize=256)
def _critical_rank_sum(n: int, tail: float) -> int:
    """The largest w with P(signed-rank statistic of n values <= w) <= `tail`; -1 when there is none."""
    cumulative = np.cumsum(_null_distribution(n))
    return int(np.searchsorted(cumulative, tail * (1 + 1e-9), side="right")) - 1


@lru_cache(maxsize=64)
def _null_distribution(n: int) -> NDArray[np.float64]:
    """P(W = 0), P(W = 1), … for the sum W of the ranks 1 … n, each taken with probability one half."""
    chances = np.ones(1)
    for rank in range(1, n + 1):
        longer = np.zeros(len(chances) + rank)
        longer[: len(chances)] += chances / 2
        longer[rank:] += chances / 2
        chances = longer
    return chances


def shown_by(log_ratios: Sequence[float], plan: Plan) -> Speedup | None:
    """The interval at the last look that `log_ratios` has reached; None before the first."""
    reached = [(look, alpha) for look, alpha in zip(plan.looks, plan.alphas, strict=True) if look <= len(log_ratios)]
    if not reached:
        return None
    look, alpha = reached[-1]
    return speedup_of(log_ratios[:look], alpha=alpha, exact=plan.exact)


def is_settled(log_ratios: Sequence[float], plan: Plan, *, min_speedup: float) -> bool:
    """Whether more pairs are of no use: decided either way, hopeless, or the plan is at its end.

    Ending for hopelessness can only lose a gain, never invent one, so that it costs no error.
    """
    count = len(log_ratios)
    if count >= plan.most:
        return True
    shown = shown_by(log_ratios, plan) if count in plan.looks else None
    if shown is None:
        return False
    decided = shown.low > min_speedup or shown.high < min_speedup
    return decided or (plan.gives_up and _is_hopeless(log_ratios, plan, min_speedup))


def _is_hopeless(log_ratios: Sequence[float], plan: Plan, min_speedup: float) -> bool:
    """The estimate itself does not clear the threshold, and nothing points to a gain that would be worth more pairs."""
    likely = speedup_of(log_ratios, alpha=_UNPROMISING_ALPHA, exact=plan.exact)
    return likely.estimate <= min_speedup and likely.high <= min_speedup * PROMISING


def geometric_mean(log_ratios_by_workload: Sequence[Sequence[float]]) -> list[float]:
    """Pair by pair, the mean log-ratio over the workloads; as many as the workload with the fewest pairs has."""
    return [sum(pair) / len(pair) for pair in zip(*log_ratios_by_workload, strict=False)]
