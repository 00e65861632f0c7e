"""How the costs moved that are not the objective, in words for the verdict. Whether that is too much, `decide` says."""

import statistics
from collections.abc import Iterator, Sequence

from core.measurement import Timing
from core.problem import Objective

_NAMES = {Objective.WALL: "wall time", Objective.CPU: "CPU time", Objective.MEMORY: "peak memory"}


def side_costs(timings: Sequence[Timing], objective: Objective) -> str:
    """Ratios of the medians of all samples of each side, of several workloads the largest; empty when nothing is known."""
    others = [other for other in _NAMES if other is not objective]
    ratios = {_NAMES[other]: list(_ratios(timings, other)) for other in others}
    at_most = "at most " if len(timings) > 1 else ""
    parts = [f"{name} {at_most}{max(values):.2f}×" for name, values in ratios.items() if values]
    return f"{', '.join(parts)} of the original's" if parts else ""


def _ratios(timings: Sequence[Timing], cost: Objective) -> Iterator[float]:
    for timing in timings:
        before = statistics.median(pair.original.of(cost) for pair in timing.pairs)
        after = statistics.median(pair.candidate.of(cost) for pair in timing.pairs)
        if before:
            yield after / before
