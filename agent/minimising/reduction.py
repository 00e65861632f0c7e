"""Delta debugging: the smallest part of something that still does. Pure, and knows nothing of patches."""

from collections.abc import Callable
from typing import TypeVar

Part = TypeVar("Part")


def reduced(parts: list[Part], is_as_good: Callable[[list[Part]], bool]) -> list[Part]:
    """A part of `parts` that is still as good, and of which no single one can be left out; the order is kept.

    Halves are left out first, then ever smaller pieces (Zeller & Hildebrandt, Simplifying and Isolating Failure-Inducing
    Input, IEEE TSE 28, 2002). At least one is kept.
    """
    size = (len(parts) + 1) // 2
    while len(parts) > 1:
        fewer = _without_pieces(parts, size, is_as_good)
        if size == 1 and len(fewer) == len(parts):
            break
        parts, size = fewer, (min(size, len(fewer)) + 1) // 2
    return parts


def _without_pieces(parts: list[Part], size: int, is_as_good: Callable[[list[Part]], bool]) -> list[Part]:
    """`parts` without each piece of `size` consecutive ones that is not missed, one after the other."""
    at = 0
    while at < len(parts):
        fewer = parts[:at] + parts[at + size :]
        if fewer and is_as_good(fewer):
            parts = fewer
        else:
            at += size
    return parts
