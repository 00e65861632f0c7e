"""The edited functions agree on calls that nobody made: recorded ones with their arguments varied."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from checks.calls.comparing import difference
from checks.calls.edited import edits_of
from checks.calls.recordings import Recording, Recordings
from checks.calls.replaying import NothingToCompareError, Outcome, ReplayFailedError, on_original
from checks.calls.steps import Step, size_of
from checks.varying.agreeing import refuses_type, says_something
from checks.varying.calls import world_of
from checks.varying.differing import Asked, Disagreement, Sides, confirmed, disagreements, shrunk, told
from checks.varying.objects import constructors_of, with_other_objects
from checks.varying.variants import Variant, variants
from checks.varying.worlds import World, run_worlds
from core.candidate import CheckResult, Verdict
from core.protocols import Sandbox, Trial

TWICE = 2
"""One in so many variants that change a container is called on the very container of another call, changed in between."""
_CHANGEABLE = frozenset({"list", "dict", "set", "bytearray"})
MOST_KEPT = 4
"""Sets of edited functions whose answers of the original are kept."""
OBJECTS = 4
"""One more call in so many has an object that is made otherwise than any that was observed."""


@dataclass(frozen=True, kw_only=True)
class _Questions:
    """All that the original answers about some functions of one recording."""

    recorded: tuple[Step, ...]
    functions: frozenset[str]
    ignored: frozenset[str]
    """Attributes that do not count: only the candidate has them."""
    asked: tuple[Asked, ...]
    left_out: Counter[str]


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
            return self._compared(Sides(trial=trial, recording=recording), functions)
        except NothingToCompareError as error:
            return CheckResult(check=self.name, passed=True, reason=str(error))
        except ReplayFailedError as error:
            return self._failed(str(error), "")

    def _compared(self, sides: Sides, functions: frozenset[str]) -> CheckResult:
        questions = self._questions(sides.trial, sides.recording, functions)
        seen = sides.candidate([each.world for each in questions.asked])
        found = disagreements(questions.asked, seen)
        if found:
            found = confirmed(sides, found)
        if found:
            return self._differs(sides, found, questions)
        return CheckResult(check=self.name, passed=True, reason=_summary(questions, seen))

    def _questions(self, trial: Trial, recording: Recording, functions: frozenset[str]) -> _Questions:
        """The varied calls, and what the original does with them; asked once for the same functions and new attributes."""
        key = (functions, recording.edits.added)
        same = (
            each for each in self.kept if each.recorded is recording.steps and (each.functions, each.ignored) == key
        )
        known = next(same, None)
        if known is None:
            known = self._asked(trial, recording, functions)
            del self.kept[MOST_KEPT - 1 :]
            self.kept.insert(0, known)
        return known

    def _asked(self, trial: Trial, recording: Recording, functions: frozenset[str]) -> _Questions:
        steps, made = self._made(trial, recording, functions)
        worlds = list(_worlds(made, steps))
        ignored = recording.edits.added
        with on_original():
            first, second = (run_worlds(trial.original, worlds, hash_seed=seed, ignored=ignored) for seed in (0, 1))
        asked, left_out = [], Counter[str]()
        for variant, world, once, again in zip(made, worlds, first, second, strict=True):
            why = _unanswered(once, again)
            if why:
                left_out[why] += 1
            else:
                asked.append(Asked(variant=variant, world=world, expected=once))
        return _Questions(
            recorded=recording.steps,
            functions=functions,
            ignored=ignored,
            asked=tuple(asked),
            left_out=left_out,
        )

    def _made(
        self, trial: Trial, recording: Recording, functions: frozenset[str]
    ) -> tuple[tuple[Step, ...], list[Variant]]:
        """Calls with other arguments, and with other objects, which further steps make."""
        others = {place for place, step in enumerate(recording.steps) if step.function not in functions}
        left_out, seed = recording.unsteady | others, self._seed(functions)
        constructors = constructors_of([step for step in recording.steps if step.function in functions], trial.sources)
        makings = self.recordings.makings(trial.original, replace(recording.edits, functions=constructors))
        steps, more = with_other_objects(
            recording.steps, makings, seed=seed, count=self.count // OBJECTS, left_out=left_out
        )
        return steps, [*variants(recording.steps, seed=seed, count=self.count, left_out=left_out), *more]

    def _seed(self, functions: frozenset[str]) -> int:
        text = f"{self.seed}:{' '.join(sorted(functions))}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")

    def _differs(self, sides: Sides, found: Sequence[Disagreement], questions: _Questions) -> CheckResult:
        smallest = min(found, key=lambda each: (each.asked.is_twice, sum(map(size_of, each.asked.world.steps))))
        if not smallest.asked.is_twice:
            smallest = shrunk(sides, smallest)
        call = told(smallest.asked)
        reason = f"{smallest.asked.variant.step.function}: {call} {smallest.what}"
        return self._failed(f"{reason} ({len(found)} of {len(questions.asked)} varied calls differ)", call)

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
