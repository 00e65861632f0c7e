"""How much of its speed a patch may lose for being smaller."""

import math

from core.candidate import Candidate

MOST_SHARE = 0.2
"""Of the logarithm of the speedup. Of a gain of 3 %, a loss of 2 % would be most."""
MOST_LOSS = 0.05
"""Of the speed, however large the speedup: lines that make 95× out of 100× are worth having."""


def tolerated(best: Candidate) -> float:
    """The speed, as a share of that of the full patch, at which a smaller one still counts as being as fast.

    It lies in the middle between what a useless part costs, nothing, and twice the tolerated loss, so that the samples tell
    the two apart equally well in both directions.
    """
    gain = math.log(best.decision.speedup.estimate) if best.decision and best.decision.speedup else 0.0
    return max(1 - MOST_LOSS, math.exp(-MOST_SHARE * max(gain, 0.0)))
