"""Where the two sides differ on varied calls: shown again, made small, and told."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from checks.calls.describing import describe
from checks.calls.recordings import Recording
from checks.calls.replaying import NothingToCompareError, Outcome, ReplayFailedError, on_original
from checks.calls.steps import Step
from checks.varying.agreeing import disagreement, says_something
from checks.varying.shrinking import shrink
from checks.varying.variants import Variant
from checks.varying.worlds import World, run_worlds
from core.protocols import Trial

QUESTIONS = 8
"""How often both sides may be asked for a smaller input: for the call, and again for the object that it gets."""
DEPTH_FACTOR = 3.0
"""What the original does otherwise with so many times less room on the stack, and the candidate like the original with so many
times more, is a matter of that room: a cache around a function that calls itself takes twice as much of it."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A varied call, and what the original does with it each time."""

    variant: Variant
    world: World
    expected: tuple[Outcome, ...]

    @property
    def is_twice(self) -> bool:
        """Whether the same containers are used by two calls."""
        return bool(self.world.again)


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """A varied call on which the sides differ."""

    asked: Asked
    what: str


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Where calls are tried."""

    trial: Trial
    recording: Recording

    def original(self, worlds: Sequence[World], *, depth_factor: float = 1.0) -> list[tuple[Outcome, ...]]:
        """What the original does; NothingToCompareError when it can't be told. Attributes that only the candidate has do not count."""
        ignored = self.recording.edits.added
        with on_original():
            return run_worlds(self.trial.original, worlds, depth_factor=depth_factor, ignored=ignored)

    def candidate(self, worlds: Sequence[World], *, depth_factor: float = 1.0) -> list[tuple[Outcome, ...]]:
        """What the candidate does, with more time; ReplayFailedError when it answers less than half of what the original does."""
        ignored = self.recording.edits.added
        seen = run_worlds(self.trial.candidate, worlds, patient=True, depth_factor=depth_factor, ignored=ignored)
        answered = sum(map(bool, seen))
        if answered < len(worlds) / 2:
            words = f"answered only {answered} of {len(worlds)} varied calls"
            raise ReplayFailedError(f"{words} in the time that the original needs several times over")
        return seen


def disagreements(asked: Sequence[Asked], seen: Sequence[tuple[Outcome, ...]]) -> list[Disagreement]:
    """The calls on which what was seen is not what the original may be expected to do."""
    found = [Disagreement(asked=each, what=_first(each, outcomes)) for each, outcomes in zip(asked, seen, strict=True)]
    return [each for each in found if each.what]


def _first(asked: Asked, seen: tuple[Outcome, ...]) -> str:
    """What the sides first differ in; calls of a list that there was no time for are equal to whatever."""
    for before, after in zip(asked.expected if seen else (), seen, strict=True):
        what = disagreement(before, after, as_observed=asked.variant.as_observed)
        if what:
            return what
    return ""


def confirmed(sides: Sides, found: Sequence[Disagreement]) -> list[Disagreement]:
    """Those that show again, and are neither the original's own mood nor a matter of room on the stack."""
    asked = [each.asked for each in found]
    worlds = [each.world for each in asked]
    moods = _differing(asked, sides.original(worlds))
    again = [each for each in disagreements(asked, sides.candidate(worlds)) if id(each.asked) not in moods]
    return _beyond_room(sides, again) if again else []


def _beyond_room(sides: Sides, found: Sequence[Disagreement]) -> list[Disagreement]:
    asked = [each.asked for each in found]
    worlds = [each.world for each in asked]
    cramped = _differing(asked, sides.original(worlds, depth_factor=1 / DEPTH_FACTOR))
    roomy = _differing(asked, sides.candidate(worlds, depth_factor=DEPTH_FACTOR)) if cramped else set()
    return [each for each in found if id(each.asked) not in cramped or id(each.asked) in roomy]


def _differing(asked: Sequence[Asked], seen: Sequence[tuple[Outcome, ...]]) -> set[int]:
    return {id(each.asked) for each in disagreements(asked, seen)}


def shrunk(sides: Sides, found: Disagreement) -> Disagreement:
    """The same failure on a smaller input, where one was found: of the call, then of the object that it was given last."""
    best = found
    last = len(found.asked.world.steps) - 1

    def still_fails_at(place: int) -> Callable[[Sequence[Step]], list[bool]]:
        def still_fails(candidates: Sequence[Step]) -> list[bool]:
            nonlocal best
            seen = _seen(sides, best.asked, place, candidates)
            best = next((each for each in seen if each.what), best)
            return [bool(each.what) for each in seen]

        return still_fails

    # What was found and confirmed stays so, however a smaller input ends.
    with suppress(ReplayFailedError, NothingToCompareError):
        for place in range(last, max(last - 2, -1), -1):
            shrink(best.asked.world.steps[place], still_fails_at(place), budget=QUESTIONS)
    return best


def _seen(sides: Sides, asked: Asked, place: int, candidates: Sequence[Step]) -> list[Disagreement]:
    """What the sides differ in with each of the candidates at a place of the list; in nothing where it binds nobody."""
    steps = asked.world.steps
    worlds = [World(steps=(*steps[:place], step, *steps[place + 1 :]), again={}) for step in candidates]
    before, after = sides.original(worlds), sides.candidate(worlds)
    found = []
    for world, expected, outcomes in zip(worlds, before, after, strict=True):
        smaller = Asked(variant=asked.variant, world=world, expected=expected)
        binding = bool(expected) and all(map(says_something, expected))
        found.append(Disagreement(asked=smaller, what=_first(smaller, outcomes) if binding else ""))
    return found


def told(asked: Asked) -> str:
    """The call as one would type it; on the same objects as another one where it was."""
    steps = asked.world.steps
    if not asked.is_twice:
        return describe(steps[-1], steps)
    return f"{describe(steps[-3], steps)}, then {describe(steps[-2], steps)} on the same objects, then the first call again:"
