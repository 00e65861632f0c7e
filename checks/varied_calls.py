"""The edited functions agree on calls that nobody made: recorded ones with their arguments varied."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from checks.calls.comparing import difference
from checks.calls.describing import describe
from checks.calls.edited import edits_of
from checks.calls.recordings import Recording, Recordings
from checks.calls.replaying import NothingToCompareError, Outcome, ReplayFailedError, on_original
from checks.calls.steps import Step, size_of
from checks.varying.agreeing import disagreement, refuses_type, says_something
from checks.varying.calls import world_of
from checks.varying.shrinking import shrink
from checks.varying.variants import Variant, variants
from checks.varying.worlds import World, run_worlds
from core.candidate import CheckResult, Verdict
from core.protocols import Sandbox, Trial

TWICE = 2
"""One in so many variants that change a container is called on the very container of another call, changed in between."""
_CHANGEABLE = frozenset({"list", "dict", "set", "bytearray"})
MOST_KEPT = 4
"""Sets of edited functions whose answers of the original are kept."""
QUESTIONS = 8
"""How often both sides may be asked for a smaller input."""
DEPTH_DIVISOR = 3
"""With this part of Python's depth of recursion the original is asked again: where it then does something else, the room on
the stack decides, and a cache around a function that calls itself takes twice as much of it."""


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
class _Questions:
    """All that the original answers about some functions of one recording."""

    steps: tuple[Step, ...]
    functions: frozenset[str]
    ignored: frozenset[str]
    """Attributes that do not count: only the candidate has them."""
    asked: tuple[Asked, ...]
    left_out: Counter[str]


@dataclass(frozen=True, kw_only=True)
class _Disagreement:
    """A varied call on which the sides differ."""

    asked: Asked
    what: str


@dataclass(frozen=True, kw_only=True)
class _Sides:
    """Where calls are tried."""

    trial: Trial
    recording: Recording

    def original(self, worlds: Sequence[World]) -> list[tuple[Outcome, ...]]:
        """What the original does; NothingToCompareError when it can't be told. Attributes that only the candidate has do not count."""
        return self._original(worlds, depth_divisor=1)

    def cramped_original(self, worlds: Sequence[World]) -> list[tuple[Outcome, ...]]:
        """What the original does with less room on the stack."""
        return self._original(worlds, depth_divisor=DEPTH_DIVISOR)

    def _original(self, worlds: Sequence[World], *, depth_divisor: int) -> list[tuple[Outcome, ...]]:
        with on_original():
            return run_worlds(
                self.trial.original, worlds, depth_divisor=depth_divisor, ignored=self.recording.edits.added
            )

    def candidate(self, worlds: Sequence[World]) -> list[tuple[Outcome, ...]]:
        """What the candidate does, with more time; ReplayFailedError when it answers less than half of what the original does."""
        seen = run_worlds(self.trial.candidate, worlds, patient=True, ignored=self.recording.edits.added)
        answered = sum(map(bool, seen))
        if answered < len(worlds) / 2:
            told = f"answered only {answered} of {len(worlds)} varied calls"
            raise ReplayFailedError(f"{told} in the time that the original needs several times over")
        return seen


@dataclass(frozen=True, kw_only=True)
class VariedCalls:
    """Calls the edited functions with arguments that are made from the recorded ones, on both sides."""

    recordings: Recordings
    seed: int
    count: int = 200
    kept: list[_Questions] = field(default_factory=list, init=False)

    @property
    def name(self) -> str:
        """As shown to people."""
        return "varied calls"

    def prepare(self, original: Sandbox) -> None:
        """Nothing: what is to be varied depends on the candidate."""

    def check(self, trial: Trial) -> CheckResult:
        """Whether both sides agree on each varied call, in so far as the original has an answer to it."""
        recording = self.recordings.of(trial)
        if not recording.compared:
            return CheckResult(check=self.name, passed=True, reason="no recorded call could be varied")
        functions = edits_of(trial.sources, trial.changes).functions
        try:
            return self._compared(_Sides(trial=trial, recording=recording), functions)
        except NothingToCompareError as error:
            return CheckResult(check=self.name, passed=True, reason=str(error))
        except ReplayFailedError as error:
            return self._failed(str(error), "")

    def _compared(self, sides: _Sides, functions: frozenset[str]) -> CheckResult:
        questions = self._questions(sides.trial.original, sides.recording, functions)
        seen = sides.candidate([each.world for each in questions.asked])
        found = _disagreements(questions.asked, seen)
        if found:
            found = _confirmed(sides, found)
        if found:
            return self._differs(sides, found, len(questions.asked))
        return CheckResult(check=self.name, passed=True, reason=_summary(questions, seen))

    def _questions(self, original: Sandbox, recording: Recording, functions: frozenset[str]) -> _Questions:
        """The varied calls, and what the original does with them; asked once for the same functions and new attributes."""
        key = (functions, recording.edits.added)
        same = (each for each in self.kept if each.steps is recording.steps and (each.functions, each.ignored) == key)
        known = next(same, None)
        if known is None:
            known = self._asked(original, recording, functions)
            del self.kept[MOST_KEPT - 1 :]
            self.kept.insert(0, known)
        return known

    def _asked(self, original: Sandbox, recording: Recording, functions: frozenset[str]) -> _Questions:
        others = {place for place, step in enumerate(recording.steps) if step.function not in functions}
        made = variants(
            recording.steps, seed=self._seed(functions), count=self.count, left_out=recording.unsteady | others
        )
        worlds = list(_worlds(made, recording.steps))
        ignored = recording.edits.added
        with on_original():
            first, second = (run_worlds(original, worlds, hash_seed=seed, ignored=ignored) for seed in (0, 1))
        asked, left_out = [], Counter[str]()
        for variant, world, once, again in zip(made, worlds, first, second, strict=True):
            why = _unanswered(once, again)
            if why:
                left_out[why] += 1
            else:
                asked.append(Asked(variant=variant, world=world, expected=once))
        return _Questions(
            steps=recording.steps, functions=functions, ignored=ignored, asked=tuple(asked), left_out=left_out
        )

    def _seed(self, functions: frozenset[str]) -> int:
        text = f"{self.seed}:{' '.join(sorted(functions))}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")

    def _differs(self, sides: _Sides, found: Sequence[_Disagreement], asked: int) -> CheckResult:
        smallest = min(found, key=lambda each: (each.asked.is_twice, size_of(each.asked.variant.step)))
        if not smallest.asked.is_twice:
            smallest = _shrunk(sides, smallest)
        call = _told(smallest.asked, sides.recording.steps)
        reason = f"{smallest.asked.variant.step.function}: {call} {smallest.what}"
        return self._failed(f"{reason} ({len(found)} of {asked} varied calls differ)", call)

    def _failed(self, reason: str, witness: str) -> CheckResult:
        return CheckResult(
            check=self.name, passed=False, reason=reason, verdict=Verdict.BEHAVIOUR_CHANGED, witness=witness
        )


def _worlds(made: Sequence[Variant], steps: Sequence[Step]) -> Iterator[World]:
    """Each varied call alone; or, for some, between two calls that it varies, in the containers of the first."""
    changing = 0
    for variant in made:
        changes = variant.as_observed and _changes_container(variant)
        changing += int(changes)
        if not changes or changing % TWICE:
            yield World(steps=tuple(world_of(steps, [variant.step])), again={})
        else:
            world = tuple(world_of(steps, [variant.base, variant.step, variant.base]))
            yield World(steps=world, again={len(world) - 2: len(world) - 3})


def _changes_container(variant: Variant) -> bool:
    return any(
        isinstance(old, dict) and isinstance(new, dict) and old != new and old.keys() & new.keys() & _CHANGEABLE
        for old, new in zip(variant.base.args, variant.step.args, strict=True)
    )


def _unanswered(once: tuple[Outcome, ...], again: tuple[Outcome, ...]) -> str:
    """Why the original's answer binds nobody; empty when it does."""
    if not once or not again:
        return "no time"
    if not all(map(says_something, once)):
        return "too slow, too large or impossible"
    return "not the same each time" if any(map(difference, once, again)) else ""


def _disagreements(asked: Sequence[Asked], seen: Sequence[tuple[Outcome, ...]]) -> list[_Disagreement]:
    found = [_Disagreement(asked=each, what=_first(each, outcomes)) for each, outcomes in zip(asked, seen, strict=True)]
    return [each for each in found if each.what]


def _first(asked: Asked, seen: tuple[Outcome, ...]) -> str:
    """What the sides first differ in; calls of a list that there was no time for are equal to whatever."""
    for before, after in zip(asked.expected if seen else (), seen, strict=True):
        what = disagreement(before, after, as_observed=asked.variant.as_observed)
        if what:
            return what
    return ""


def _confirmed(sides: _Sides, found: Sequence[_Disagreement]) -> list[_Disagreement]:
    """Those that show again, and are neither the original's own mood nor a matter of room on the stack."""
    asked = [each.asked for each in found]
    worlds = [each.world for each in asked]
    moods = _disagreements(asked, sides.cramped_original(worlds))
    again = _disagreements(asked, sides.candidate(worlds))
    moody = {id(each.asked) for each in moods}
    return [each for each in again if id(each.asked) not in moody]


def _shrunk(sides: _Sides, found: _Disagreement) -> _Disagreement:
    """The same failure on a smaller input, where one was found."""
    best = found

    def still_fails(candidates: Sequence[Step]) -> list[bool]:
        nonlocal best
        worlds = [World(steps=tuple(world_of(sides.recording.steps, [step])), again={}) for step in candidates]
        before, after = sides.original(worlds), sides.candidate(worlds)
        seen = []
        for step, world, expected, outcomes in zip(candidates, worlds, before, after, strict=True):
            asked = Asked(variant=replace(found.asked.variant, step=step), world=world, expected=expected)
            binding = bool(expected) and all(map(says_something, expected))
            seen.append(_Disagreement(asked=asked, what=_first(asked, outcomes) if binding else ""))
        failing = [each for each in seen if each.what]
        best = failing[0] if failing else best
        return [bool(each.what) for each in seen]

    # What was found and confirmed stays so, however a smaller input ends.
    with suppress(ReplayFailedError, NothingToCompareError):
        shrink(found.asked.variant.step, still_fails, budget=QUESTIONS)
    return best


def _told(asked: Asked, steps: Sequence[Step]) -> str:
    call = describe(asked.variant.step, steps)
    if not asked.is_twice:
        return call
    return f"{describe(asked.variant.base, steps)}, then {call} on the same objects, then the first call again:"


def _summary(questions: _Questions, seen: Sequence[tuple[Outcome, ...]]) -> str:
    """What was tried, and what was tolerated."""
    functions = len({each.variant.step.function for each in questions.asked})
    refused = sum(
        any(map(refuses_type, each.expected, outcomes)) for each, outcomes in zip(questions.asked, seen, strict=True)
    )
    parts = [f"{len(questions.asked)} varied calls of {functions} function{'' if functions == 1 else 's'} agree"]
    parts += [f"{refused} with a value of another type than observed are refused now"] if refused else []
    parts += (
        [
            f"{questions.left_out.total()} left out: {', '.join(f'{number} {why}' for why, number in questions.left_out.most_common())}"
        ]
        if questions.left_out
        else []
    )
    return "; ".join(parts)
