"""Intervals of whole numbers: pairs of a start and an end, which is not part of it."""

Interval = tuple[int, int]


def require_valid(intervals: list[Interval]) -> None:
    """ValueError for an interval that ends before it starts."""
    for start, end in intervals:
        if end < start:
            raise ValueError(f"{start} to {end} ends before it starts")


def merge(intervals: list[Interval]) -> list[Interval]:
    """The same numbers in as few intervals as possible, in rising order."""
    require_valid(intervals)
    waiting = sorted(intervals)
    merged: list[Interval] = []
    while waiting:
        start, end = waiting.pop(0)
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def covered(intervals: list[Interval]) -> int:
    """How many numbers are in at least one of them."""
    total = 0
    for start, end in merge(intervals):
        total = total + (end - start)
    return total


def overlapping(intervals: list[Interval]) -> list[tuple[int, int]]:
    """The positions of all pairs that share a number, in rising order."""
    require_valid(intervals)
    pairs = []
    for first in range(len(intervals)):
        for second in range(len(intervals)):
            if first < second:
                if intervals[first][0] < intervals[second][1] and intervals[second][0] < intervals[first][1]:
                    pairs.append((first, second))
    return pairs


def gaps(intervals: list[Interval]) -> list[Interval]:
    """What lies between them."""
    merged = merge(intervals)
    found = []
    for at in range(len(merged) - 1):
        found.append((merged[at][1], merged[at + 1][0]))
    return found


def containing(intervals: list[Interval], number: int) -> list[Interval]:
    """Those that contain the number, in their order."""
    require_valid(intervals)
    return [interval for interval in intervals if interval[0] <= number < interval[1]]


def busiest(intervals: list[Interval]) -> int:
    """In how many of them the most covered number is."""
    most = 0
    for start, end in intervals:
        depth = 0
        for other_start, other_end in intervals:
            if other_start <= start < other_end:
                depth += 1
        most = max(most, depth)
    return most
