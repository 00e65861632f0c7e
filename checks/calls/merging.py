"""Puts the steps of several runs into one list, and keeps the numbers by which steps name each other right. Pure."""

from collections import Counter
from collections.abc import Iterable

from checks.calls.recording import Recorded
from checks.calls.steps import Step, renumbered, size_of

MOST_STEPS = 2000
MOST_BYTES = 24 << 20
SAME_CALLS = 3
"""So many calls with the same arguments are kept."""


def merged(runs: Iterable[Recorded]) -> tuple[Step, ...]:
    """The steps of all runs in one list, without the many equal ones that a repeated workload makes."""
    kept: list[Step] = []
    seen: Counter[str] = Counter()
    room = MOST_BYTES
    for run in runs:
        needed = {used for step in run.steps for used in step.uses}
        places: dict[int, int] = {}
        for number, step in enumerate(run.steps):
            if any(used not in places for used in step.uses):
                continue
            moved = renumbered(step, places)
            key = repr((moved.do, moved.function, moved.args, moved.kwargs))
            seen[key] += 1
            size = size_of(moved)
            plenty = seen[key] > SAME_CALLS and number not in needed and not step.uses
            if plenty or len(kept) >= MOST_STEPS or size > room:
                continue
            room -= size
            places[number] = len(kept)
            kept.append(moved)
    return tuple(kept)
