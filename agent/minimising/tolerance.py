"""How much of its speed a patch may lose for being smaller."""

import math
from dataclasses import dataclass

from core.candidate import Candidate
from core.measurement import Speedup

MOST_SHARE = 0.25
"""Of the logarithm of the speedup. Of a gain of 3 %, a loss of 2 % would be most."""
MOST_LOSS = 0.05
"""Of the speed, however large the speedup, where the samples are good enough to tell: a part that makes 90× into 100× is
worth its lines, one that makes 98× into 100× is not."""


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """Speeds, as shares of that of the full patch, at which a smaller one still counts as being as fast."""

    threshold: float
    """Decides where the interval is on one side of it: a part that costs nothing when it is left out lies on the one, a
    part that costs twice the tolerated loss on the other, each as far away."""
    undecided: float
    """Decides by the estimate alone where the interval never cleared the threshold: noise must not keep what is useless,
    nor drop what carries the gain."""

    def allows(self, shown: Speedup) -> bool:
        """Whether what was shown of the smaller patch's speed is as fast."""
        if shown.low > self.threshold:
            return True
        return shown.high >= self.threshold and shown.estimate > self.undecided


def tolerance_for(best: Candidate) -> Tolerance:
    """What may be lost of the speedup of `best`, as the search saw it."""
    gain = math.log(best.decision.speedup.estimate) if best.decision and best.decision.speedup else 0.0
    share = math.exp(-MOST_SHARE * max(gain, 0.0))
    return Tolerance(threshold=max(1 - MOST_LOSS, share), undecided=share)
