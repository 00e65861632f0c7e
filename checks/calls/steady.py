"""What of the recorded steps can be replayed, and does the same each time, on the original."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from checks.calls.comparing import BEYOND_CODE, compare
from checks.calls.replaying import Ends, Outcome, ReplayFailedError, replay
from checks.calls.steps import Step, renumbered
from core.protocols import Sandbox

MOST_SECONDS = 1.0
"""What all replayed steps together may take: they are replayed again for each candidate."""
TWICE_SECONDS = 0.02
"""A step that takes no longer is called a second time, so that what it leaves behind in its arguments shows."""


@dataclass(frozen=True, kw_only=True)
class Steady:
    """What of the recorded steps can be replayed, and what it does on the original."""

    steps: tuple[Step, ...] = ()
    expected: tuple[Outcome, ...] = ()
    unsteady: frozenset[int] = frozenset()
    skipped: Mapping[str, Counter[str]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @classmethod
    def among(cls, original: Sandbox, steps: tuple[Step, ...]) -> "Steady":
        """Replays twice, with other hash seeds, so that what depends on chance or on the order of sets is seen."""
        skipped: dict[str, Counter[str]] = {}
        if not steps:
            return cls()
        try:
            first = replay(original, steps)
            kept = list(_affordable(steps, first, skipped))
            places = {number: place for place, number in enumerate(kept)}
            steps = tuple(renumbered(_twice(steps[number], first[number]), places) for number in kept)
            first = replay(original, steps) if steps else []
            second = replay(original, steps, hash_seed=1) if steps else []
        except ReplayFailedError as error:
            return cls(problems=(f"the recorded calls can't be replayed on the unchanged code: {error}",))
        unsteady = {each.step for each in compare(first, second)}
        unsteady |= {number for number, each in enumerate(first) if each.exception in BEYOND_CODE}
        unsteady |= {number for number, each in enumerate(first) if each.ends in {Ends.SKIPPED, Ends.TOO_SLOW}}
        for number in unsteady:
            skipped.setdefault(steps[number].function, Counter())["not the same each time"] += 1
        return cls(steps=steps, expected=tuple(first), unsteady=frozenset(unsteady), skipped=skipped)


def _twice(step: Step, outcome: Outcome) -> Step:
    """The step, to be called twice where that is cheap."""
    plain = step.do == "call" and outcome.ends is Ends.RETURNS
    return replace(step, twice=plain and outcome.seconds < TWICE_SECONDS)


def _affordable(steps: Sequence[Step], outcomes: Sequence[Outcome], skipped: dict[str, Counter[str]]) -> Iterator[int]:
    """The steps that can be replayed and take little time together: short ones first, and all that those need."""
    reasons: dict[int, str] = {}
    spent = 0.0
    for number in sorted(range(len(steps)), key=lambda each: outcomes[each].seconds):
        spent += outcomes[number].seconds
        if outcomes[number].ends is Ends.SKIPPED:
            reasons[number] = "its arguments could not be made again"
        elif outcomes[number].ends is Ends.TOO_SLOW or spent > MOST_SECONDS:
            reasons[number] = "too slow"
    for number, step in enumerate(steps):
        if number not in reasons and step.uses & reasons.keys():
            reasons[number] = "the object that it needs could not be made again"
        if number in reasons:
            skipped.setdefault(step.function, Counter())[reasons[number]] += 1
        else:
            yield number
