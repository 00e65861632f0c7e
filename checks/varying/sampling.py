"""How samples are made of calls, so that the calls are what is measured; and which variations are of the same size. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from checks.calls.steps import Step
from checks.varying.repeating import Tried, TriedList, total
from checks.varying.same_size import changed
from core.protocols import REPLAYED_SHARE

MOST_BYTES = 16 << 20
"""What is sent to a sample; of large calls there are fewer variations."""
ALIKE = 0.9
"""The share of the calls that must end as the recorded ones do, for their variation to say something."""
OTHER = 0.8
"""The share of the time that must be spent in calls whose arguments did change."""
FACTOR = 2.0
"""So many times as much or as little time, a variation may take the original: it is of the same size."""
ENOUGH_SECONDS = 0.2
"""What the calls in a sample should take at least."""
MOST_SECONDS = 4.0
"""What a sample should take at most."""
FORK_SECONDS = 0.004
"""About what a process of its own costs each list."""
PROCESS_SECONDS = 0.05
"""What the calls in one process should take, so that they are more than the process."""
MOST_COPIES = 5_000


def fits(steps: Sequence[Step], varied: Sequence[Step], recorded: TriedList, seen: TriedList) -> bool:
    """Whether the original does with the varied calls about the work that it does with the recorded ones."""
    alike = sum(before == after for before, after in zip(recorded.ends, seen.ends, strict=True))
    other = total([recorded.seconds[position] for position in changed(steps, varied)])
    ratio = total(seen.seconds) / total(recorded.seconds)
    return alike >= ALIKE * len(steps) and other >= OTHER * total(recorded.seconds) and 1 / FACTOR <= ratio <= FACTOR


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How a sample is made of calls."""

    copies: int
    """How often a process makes its list."""
    loops: int


def shape_for(tried: Tried, lists: int, *, size: int, forks: bool) -> Shape | None:
    """The smallest sample in which the calls are a large enough part; None when there is none."""
    return _forked(tried, lists, _most_copies(size)) if forks else _in_one_process(tried, _most_copies(size))


def _most_copies(size: int) -> int:
    return max(1, min(MOST_COPIES, MOST_BYTES // size))


def _forked(tried: Tried, lists: int, most: int) -> Shape | None:
    recorded = tried.lists[0]
    seconds = total(recorded.seconds)
    copies = min(most, math.ceil(PROCESS_SECONDS / seconds))
    calls = seconds * copies * lists
    beside = (recorded.running * copies + FORK_SECONDS) * lists - calls
    once = tried.start_seconds + recorded.making * copies * lists
    loops = _enough(calls, once=once, beside=beside)
    if loops is None or loops > max(1, int((MOST_SECONDS - once) / (calls + beside))):
        return None
    return Shape(copies=copies, loops=loops)


def _in_one_process(tried: Tried, most: int) -> Shape | None:
    recorded = tried.lists[0]
    seconds = total(recorded.seconds)
    copies = _enough(seconds, once=tried.start_seconds, beside=recorded.making + recorded.running - seconds)
    return Shape(copies=copies, loops=1) if copies is not None and copies <= most else None


def _enough(calls: float, *, once: float, beside: float) -> int | None:
    """How often to make `calls` so that they are REPLAYED_SHARE of what they and all else take; None if never."""
    weight = REPLAYED_SHARE / (1 - REPLAYED_SHARE)
    if calls <= weight * beside:
        return None
    return max(math.ceil(weight * once / (calls - weight * beside)), math.ceil(ENOUGH_SECONDS / calls), 1)
