"""What a number of pairs can show on a machine as noisy as this one: told before anything is spent.

Normal approximations to the plans of `core.stats` (as in Lehmann & Romano, Testing Statistical Hypotheses, 4th ed., §13.3):
they forecast and never decide.
"""

import math
from collections.abc import Sequence

import numpy as np

from core.stats import Plan

POWER = 0.9
"""A gain is called detectable when it is found so often."""
_TO_SD = 1.4826
"""A normal distribution's standard deviation, in median absolute deviations (Rousseeuw & Croux, JASA 88, 1993)."""


def noise_of(log_ratios: Sequence[float]) -> float:
    """Robust standard deviation of the log-ratios of identical code; a few wild pairs do not count."""
    values = np.asarray(log_ratios, dtype=float)
    return float(np.median(np.abs(values - np.median(values)))) * _TO_SD


def detectable(noise: float, plan: Plan, *, min_speedup: float) -> float:
    """The smallest speedup that `plan` finds with probability POWER when it goes to its end."""
    return min_speedup * math.exp(_distance(plan.most, plan.alphas[-1]) * noise)


def pairs_for(speedup: float, noise: float, plan: Plan, *, min_speedup: float) -> int | None:
    """The first look of `plan` that finds `speedup` with probability POWER; None when none does."""
    gap = math.log(speedup / min_speedup)
    for look, alpha in zip(plan.looks, plan.alphas, strict=True):
        if gap >= _distance(look, alpha) * noise:
            return look
    return None


def _distance(pairs: int, alpha: float) -> float:
    """How far from the threshold the truth must be, in standard deviations of a pair: half of `alpha` is for the signs."""
    from scipy.special import ndtri, stdtrit  # noqa: PLC0415 - as in core.stats

    return float(stdtrit(pairs - 1, 1 - alpha / 4) + ndtri(POWER)) / math.sqrt(pairs)
