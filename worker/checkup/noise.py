"""How noisy the machine is: the same work timed in pairs of fresh processes, and what could be told apart in that noise.

This is an A/A measurement: both sides of a pair are alike, so that whatever differs is noise. It runs no code but the
line below, plainly and not in a sandbox.
"""

import math
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from core import figures
from core.health import Finding, Health
from core.stats import CONFIRMATION, speedup_of

PAIRS = 20
WORK = "sum(i * i for i in range(1_000_000))"
"""About a tenth of a second."""
ENOUGH = 1.05
"""On a good machine, a patch that is this much faster can be confirmed."""
_PATIENCE_SECONDS = 60
_REMEDY = "stop what else runs on this machine, or use `--objective instructions`, which has next to no noise"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What one fresh process took."""

    wall_seconds: float
    cpu_seconds: float


def noise() -> Iterator[Finding]:
    """How much wall and CPU time of the same work differ, and what that lets a confirmation see."""
    yield from judged([_sample() for _ in range(2 * PAIRS)])


def judged(samples: Sequence[Sample]) -> Iterator[Finding]:
    """What `samples` say, of which each one at an even place is paired with the next."""
    pairs = list(zip(samples[::2], samples[1::2], strict=True))
    walls = [math.log(one.wall_seconds / other.wall_seconds) for one, other in pairs]
    cpus = [math.log(one.cpu_seconds / other.cpu_seconds) for one, other in pairs]
    yield _finding("wall", walls)
    yield _finding("CPU", cpus)


def _finding(kind: str, log_ratios: Sequence[float]) -> Finding:
    deviation = statistics.stdev(log_ratios)
    few, many = CONFIRMATION.looks[0], CONFIRMATION.most
    is_enough = smallest_seen(deviation, many) <= ENOUGH
    return Finding(
        subject=f"noise of {kind} time",
        health=Health.GOOD if is_enough else Health.LIMITED,
        detail=f"the same code differs by {figures.share(deviation)} (standard deviation of {len(log_ratios)} paired "
        f"log-ratios): a confirmation sees {figures.times(smallest_seen(deviation, few))} with {few} pairs and "
        f"{figures.times(smallest_seen(deviation, many))} with {many}",
        remedy="" if is_enough else _REMEDY,
    )


def smallest_seen(deviation: float, pairs: int) -> float:
    """The smallest speedup whose interval typically keeps clear of 1 when a confirmation looks at so many pairs."""
    scores = [NormalDist().inv_cdf((rank + 0.5) / pairs) for rank in range(pairs)]
    scale = deviation / statistics.stdev(scores)
    alpha = CONFIRMATION.alphas[CONFIRMATION.looks.index(pairs)]
    return speedup_of([scale * score for score in scores], alpha=alpha).high


def _sample() -> Sample:
    argv = [sys.executable, "-I", "-S", "-c", WORK]
    cpu, start = _cpu_seconds_of_children(), time.perf_counter()
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, timeout=_PATIENCE_SECONDS)
    wall = time.perf_counter() - start
    return Sample(wall_seconds=wall, cpu_seconds=_cpu_seconds_of_children() - cpu)


def _cpu_seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
