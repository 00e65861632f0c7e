"""The drawings of the evidence as facts: where each dot, line and word goes. The template turns them into SVG."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from core import figures
from core.measurement import Pair, Speedup, Timing
from core.problem import Objective
from worker.report.scale import Scale, around, round_values

_LEFT, _RIGHT = 1.5, 98.5
_ROW_HEIGHT, _ROW_MIDDLE, _JITTER = 62.0, 38.0, 22.0
_RATIO_LEFT, _RATIO_TOP, _RATIO_BOTTOM = 9.0, 14.0, 176.0
_FROM_ZERO_BELOW = 0.6
_GOLDEN = 0.618034
_WIDEST_BAR = 100.0


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something at a place, with words."""

    x: float
    y: float
    words: str
    hollow: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """The samples of one side of a workload."""

    side: str
    """original or candidate."""
    top: float
    middle: float
    words: str
    median: float
    low_quartile: float
    high_quartile: float
    dots: tuple[Mark, ...]


@dataclass(frozen=True, kw_only=True)
class Samples:
    """All samples of a workload on one axis, the original's above the candidate's."""

    rows: tuple[Row, ...]
    ticks: tuple[Mark, ...]
    height: float


@dataclass(frozen=True, kw_only=True)
class Ratios:
    """The ratio of each pair in the order they were taken, with the interval as a band."""

    dots: tuple[Mark, ...]
    ticks: tuple[Mark, ...]
    level: float
    """Where original and candidate cost the same."""
    estimate: float | None
    band_top: float | None
    band_bottom: float | None
    words: str
    height: float


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A speedup's interval on an axis that many share."""

    low: float
    high: float
    estimate: float
    level: float


def samples(timing: Timing, objective: Objective) -> Samples:
    """Every sample of `timing` as a dot."""
    sides = {
        "original": [pair.original.of(objective) for pair in timing.pairs],
        "candidate": [pair.candidate.of(objective) for pair in timing.pairs],
    }
    costs = [cost for side in sides.values() for cost in side]
    from_zero = [0.0] if min(costs) < _FROM_ZERO_BELOW * max(costs) else []
    across = around(costs + from_zero, start=_LEFT, end=_RIGHT, margin=0.03)
    rows = tuple(_row(side, sides[side], across, objective, top=at * _ROW_HEIGHT) for at, side in enumerate(sides))
    ticks = [value for value in round_values(across.low, across.high, most=5) if value >= 0]
    bottom = _ROW_HEIGHT * len(rows) + 18
    marks = tuple(Mark(x=across(value), y=bottom, words=figures.cost(value, objective)) for value in ticks)
    return Samples(rows=rows, ticks=marks, height=bottom + 8)


def _row(side: str, costs: Sequence[float], across: Scale, objective: Objective, *, top: float) -> Row:
    middle, median = top + _ROW_MIDDLE, statistics.median(costs)
    low, _, high = statistics.quantiles(costs, n=4, method="inclusive") if len(costs) > 1 else (median, median, median)
    dots = tuple(
        Mark(
            x=across(cost),
            y=round(middle + ((at * _GOLDEN) % 1 - 0.5) * _JITTER, 1),
            words=f"{side}, pair {at}: {figures.cost(cost, objective)}",
        )
        for at, cost in enumerate(costs, start=1)
    )
    return Row(
        side=side,
        top=top,
        middle=middle,
        words=f"median {figures.cost(median, objective)}",
        median=across(median),
        low_quartile=across(low),
        high_quartile=across(high),
        dots=dots,
    )


def ratios(timing: Timing, objective: Objective, speedup: Speedup | None) -> Ratios:
    """The ratio of each pair of `timing`, on a logarithmic axis, and the interval of `speedup` behind them."""
    values = [_ratio(pair, objective) for pair in timing.pairs]
    known = speedup if speedup and figures.is_bounded(speedup) else None
    bounds = [known.low, known.high] if known else []
    logs = [math.log(value) for value in (*values, *bounds, 1.0)]
    down = around(logs, start=_RATIO_BOTTOM, end=_RATIO_TOP, margin=0.1)
    ticks = round_values(math.exp(down.low), math.exp(down.high), most=5)
    return Ratios(
        dots=_ratio_dots(values, timing.pairs, down),
        ticks=tuple(Mark(x=0, y=down(math.log(tick)), words=f"{tick:g}×") for tick in ticks if tick > 0),
        level=down(0.0),
        estimate=down(math.log(known.estimate)) if known else None,
        band_top=down(math.log(known.high)) if known else None,
        band_bottom=down(math.log(known.low)) if known else None,
        words=figures.speedup(known) if known else "too few pairs for an interval",
        height=_RATIO_BOTTOM + 8,
    )


def _ratio_dots(values: Sequence[float], pairs: Sequence[Pair], down: Scale) -> tuple[Mark, ...]:
    across = Scale(low=0, high=max(len(values) - 1, 1), start=_RATIO_LEFT, end=_RIGHT)
    return tuple(
        Mark(
            x=across(at),
            y=down(math.log(value)),
            words=f"pair {at + 1}: {figures.times(value)}, {'original' if pair.original_first else 'candidate'} first",
            hollow=not pair.original_first,
        )
        for at, (value, pair) in enumerate(zip(values, pairs, strict=True))
    )


def _ratio(pair: Pair, objective: Objective) -> float:
    """Original over candidate; what a clock could not see counts as its smallest step."""
    smallest = 1e-9
    return max(pair.original.of(objective), smallest) / max(pair.candidate.of(objective), smallest)


def bars(speedups: Sequence[Speedup | None]) -> list[Bar | None]:
    """The intervals of `speedups` on one logarithmic axis; None where there is none to draw."""
    known = [speedup for speedup in speedups if speedup and figures.is_bounded(speedup)]
    ends = [math.log(value) for speedup in known for value in (speedup.low, speedup.high)]
    across = around([*ends, 0.0], start=0, end=_WIDEST_BAR, margin=0.08)
    return [_bar(speedup, across) if speedup and figures.is_bounded(speedup) else None for speedup in speedups]


def _bar(speedup: Speedup, across: Scale) -> Bar:
    low, estimate, high = (across(math.log(value)) for value in (speedup.low, speedup.estimate, speedup.high))
    return Bar(low=low, high=high, estimate=estimate, level=across(0.0))
