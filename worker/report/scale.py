"""From values to places on a drawing: horizontally in percent of its width, vertically in pixels.

Percentages let a drawing grow and shrink with the page while its text and its dots keep their size.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

_ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Maps `low` to `start` and `high` to `end`, evenly."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of `value`; one beyond the ends is put at the end."""
        inside = min(max(value, self.low), self.high)
        place = self.start + (self.end - self.start) * (inside - self.low) / (self.high - self.low)
        return round(place, 3)


def around(values: Iterable[float], *, start: float, end: float, margin: float = 0.06) -> Scale:
    """A scale that holds all finite `values` with some room beside them."""
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    room = (high - low) * margin or abs(high) * margin or 1.0
    return Scale(low=low - room, high=high + room, start=start, end=end)


def round_values(low: float, high: float, *, most: int) -> list[float]:
    """At most `most` round numbers, evenly apart, between `low` and `high`."""
    rough = (high - low) / most
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in _ROUND_STEPS if size * factor >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(number * step, 12) for number in range(first, last + 1)]
