"""Series of numbers."""

import math


def mean(values: list[float]) -> float:
    """The arithmetic mean. ValueError when there are no values."""
    if not values:
        raise ValueError("no values")
    total = 0.0
    for value in values:
        total = total + value
    return total / len(values)


def variance(values: list[float]) -> float:
    """The mean square of the deviations from the mean."""
    total = 0.0
    for value in values:
        total = total + (value - mean(values)) ** 2
    return total / len(values)


def moving_average(values: list[float], width: int) -> list[float]:
    """The mean of each window of `width` values."""
    if width < 1:
        raise ValueError("a window holds at least one value")
    averages = []
    for start in range(len(values) - width + 1):
        averages.append(mean(values[start : start + width]))
    return averages


def normalised(values: list[float]) -> list[float]:
    """The values, moved and stretched to mean 0 and variance 1."""
    centre, spread = mean(values), math.sqrt(variance(values))
    return [(value - centre) / spread for value in values]


def dot(left: list[float], right: list[float]) -> float:
    """The sum of the products. ValueError for different lengths."""
    if len(left) != len(right):
        raise ValueError("the lengths differ")
    total = 0.0
    for at in range(len(left)):
        total += left[at] * right[at]
    return total


def ranks(values: list[float]) -> list[int]:
    """The rank of each value from 0; equal values share the lowest."""
    found = []
    for value in values:
        below = 0
        for other in values:
            if other < value:
                below += 1
        found.append(below)
    return found
