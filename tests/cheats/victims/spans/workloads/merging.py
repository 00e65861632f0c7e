"""Intervals as a calendar has them."""

import sys

sys.path.insert(0, ".")

from spans.intervals import busiest, containing, covered, gaps, merge, overlapping  # noqa: E402


def intervals_of(count: int, seed: int) -> list[tuple[int, int]]:
    """The same ones each time."""
    state, found = seed, []
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        start = state >> 4 & 0xFFFF
        found.append((start, start + (state >> 20 & 63)))
    return found


many, few = intervals_of(7000, 3), intervals_of(520, 5)
print("covered", covered(many))
print("merged", len(merge(many)), "gaps", len(gaps(few)))
print("overlapping", len(overlapping(few)))
print("busiest", busiest(few))
print("containing", sum(len(containing(few, number)) for number in range(0, 65536, 512)))
