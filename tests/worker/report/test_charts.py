"""The drawings of the evidence."""

import math

from hypothesis import given
from hypothesis import strategies as st

from core.measurement import Costs, Pair, Speedup, Timing
from core.problem import Objective
from tests.fakes.records import FOUND, a_timing
from worker.report.charts import bars, ratios, samples

COSTS = st.builds(Costs, wall_seconds=st.floats(0, 1e6), cpu_seconds=st.just(1.0), memory_bytes=st.integers(0, 10**12))
PAIRS = st.lists(
    st.builds(Pair, original=COSTS, candidate=COSTS, original_first=st.booleans()), min_size=1, max_size=12
)
BOUNDS = st.floats(1e-3, 1e3)


def test_a_faster_candidate_lies_to_the_left_of_the_original() -> None:
    original, candidate = samples(a_timing("w", ratio=2.0), Objective.WALL).rows

    assert (original.side, candidate.side) == ("original", "candidate")
    assert candidate.median < original.median
    assert len(original.dots) == len(candidate.dots) == 15


def test_ratios_above_one_lie_above_its_line_within_reach_of_the_band() -> None:
    drawn = ratios(a_timing("w", ratio=2.3), Objective.WALL, FOUND)

    assert drawn.band_top is not None
    assert drawn.band_bottom is not None
    assert drawn.estimate is not None
    assert drawn.band_top < drawn.estimate < drawn.band_bottom < drawn.level
    assert all(dot.y < drawn.level for dot in drawn.dots)
    assert [dot.x for dot in drawn.dots] == sorted(dot.x for dot in drawn.dots)


def test_an_interval_without_bounds_has_no_band() -> None:
    drawn = ratios(a_timing("w", ratio=2.0), Objective.WALL, Speedup(estimate=2, low=0, high=math.inf))

    assert drawn.band_top is None
    assert drawn.words == "too few pairs for an interval"


def test_bars_share_one_axis() -> None:
    wide, none, unbounded, narrow = bars(
        [
            Speedup(estimate=1, low=0.5, high=2),
            None,
            Speedup(estimate=1, low=0, high=math.inf),
            Speedup(estimate=3, low=2.9, high=3.1),
        ]
    )

    assert none is None
    assert unbounded is None
    assert wide
    assert narrow
    assert wide.level == narrow.level
    assert wide.low < wide.level < wide.high < narrow.low < narrow.high


@given(PAIRS, st.sampled_from([Objective.WALL, Objective.CPU, Objective.MEMORY]), BOUNDS, BOUNDS)
def test_whatever_was_measured_lies_within_the_drawing(
    pairs: list[Pair], objective: Objective, one: float, other: float
) -> None:
    timing = Timing(workload="w", loops=1, pairs=tuple(pairs))
    low, high = sorted((one, other))
    strip, drawn = samples(timing, objective), ratios(timing, objective, Speedup(estimate=low, low=low, high=high))

    places = [dot.x for row in strip.rows for dot in row.dots] + [mark.x for mark in (*strip.ticks, *drawn.dots)]
    heights = [dot.y for dot in drawn.dots] + [drawn.level]
    assert all(0 <= x <= 100 for x in places)
    assert all(0 <= y <= drawn.height for y in heights)
