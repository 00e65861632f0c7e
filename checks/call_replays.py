"""The calls that edited functions get from the workloads as workloads of their own: as recorded, and varied."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from checks.calls.edited import edits_of
from checks.calls.recordings import TESTS, Recording, Recordings
from checks.calls.replaying import Ends, ReplayFailedError
from checks.calls.steps import Step, renumbered
from checks.varying.repeating import RepeatedCalls, TriedList, total
from checks.varying.same_size import Strength, same_size
from checks.varying.sampling import ENOUGH_SECONDS, MOST_BYTES, Shape, fits, shape_for
from core.protocols import NoReplays, Replays, Sandbox, Trial, Workload

LISTS = 4
"""How many variations a sample makes; the same calls as often, to compare them with."""
TRIED_SECONDS = 0.5
MOST_TRIES = 8
"""Calls that take little together are tried more than once."""

_KEPT = 4


@dataclass(frozen=True, kw_only=True)
class _Known:
    """The replays of some functions of one recording."""

    steps: tuple[Step, ...]
    functions: frozenset[str]
    replays: Replays | NoReplays


@dataclass(frozen=True, kw_only=True)
class CallReplays:
    """Makes replays of what the edited functions get, and keeps those of the last few sets of functions."""

    recordings: Recordings
    seed: int
    timeout_seconds: float
    wrap: Callable[[Workload], Workload] | None = None
    """For an objective that is counted and not timed: then each sample makes the calls once, in one process."""
    kept: list[_Known] = field(default_factory=list, init=False)

    def replays(self, trial: Trial) -> Replays | NoReplays:
        """The calls of the functions that the candidate changes, or why there is nothing to time."""
        recording = self.recordings.of(trial)
        functions = edits_of(trial.sources, trial.changes).functions
        for known in self.kept:
            if known.steps is recording.steps and known.functions == functions:
                return known.replays
        try:
            replays = self._made(trial.original, recording, functions)
        except ReplayFailedError as error:
            replays = NoReplays(reason=f"the recorded calls can't be repeated: {error}")
        del self.kept[_KEPT - 1 :]
        self.kept.insert(0, _Known(steps=recording.steps, functions=functions, replays=replays))
        return replays

    def _made(self, original: Sandbox, recording: Recording, functions: frozenset[str]) -> Replays | NoReplays:
        steps = workload_steps(recording, functions)
        if not steps:
            return NoReplays(reason="no call of an edited function was recorded while the workload ran")
        strengths = list(Strength)
        lists = [steps, *(self._varied(steps, strength, 0) for strength in strengths)]
        tried = self._calls("trial", lists).tried(original, times=times_for(recording))
        recorded = tried.lists[0]
        fitting = [
            strength
            for strength, varied, seen in zip(strengths, lists[1:], tried.lists[1:], strict=True)
            if fits(steps, varied, recorded, seen)
        ]
        if not fitting:
            return NoReplays(reason="no variation of the calls keeps the original at its work")
        variations = self._variations(
            original, steps, fitting[0], recorded, enough=max(ENOUGH_SECONDS, tried.start_seconds)
        )
        shape = shape_for(tried, len(variations), size=_bytes_of(steps), forks=self.wrap is None)
        if shape is None:
            return NoReplays(reason="the recorded calls take too small a part of a process that repeats them")
        return self._replays(steps, variations, shape, recorded)

    def _variations(
        self, original: Sandbox, steps: tuple[Step, ...], strength: Strength, recorded: TriedList, *, enough: float
    ) -> list[tuple[Step, ...]]:
        """The variations of a sample, of which all but the first still have to show that they fit."""
        first = self._varied(steps, strength, 0)
        wanted = min(LISTS, MOST_BYTES // _bytes_of(steps), math.ceil(enough / total(recorded.seconds)))
        count = max(1, wanted) if self.wrap is None else 1
        others = [self._varied(steps, strength, number) for number in range(1, count)]
        if not others:
            return [first]
        seen = self._calls("trial", others).tried(original, times=1).lists
        return [
            first,
            *(varied for varied, one in zip(others, seen, strict=True) if fits(steps, varied, recorded, one)),
        ]

    def _varied(self, steps: tuple[Step, ...], strength: Strength, number: int) -> tuple[Step, ...]:
        return tuple(same_size(steps, seed=f"{self.seed}:{number}", strength=strength))

    def _calls(self, name: str, lists: Sequence[tuple[Step, ...]], *, copies: int = 1) -> RepeatedCalls:
        return RepeatedCalls(
            name=name,
            lists=tuple(lists),
            timeout_seconds=self.timeout_seconds,
            copies=copies,
            forks=self.wrap is None,
        )

    def _replays(
        self, steps: tuple[Step, ...], variations: Sequence[tuple[Step, ...]], shape: Shape, recorded: TriedList
    ) -> Replays:
        wrap = self.wrap or (lambda workload: workload)
        return Replays(
            recorded=wrap(self._calls("recorded calls", [steps] * len(variations), copies=shape.copies)),
            varied=wrap(self._calls("varied calls", variations, copies=shape.copies)),
            loops=shape.loops,
            seconds=sum(recorded.seconds),
        )


def workload_steps(recording: Recording, functions: frozenset[str]) -> tuple[Step, ...]:
    """The calls of `functions` that workloads made, with what makes the objects that they need."""
    kept: set[int] = set()
    for position in reversed(range(len(recording.steps))):
        step, outcome = recording.steps[position], recording.expected[position]
        wanted = step.source != TESTS and step.function in functions and outcome.ends in {Ends.RETURNS, Ends.RAISES}
        if wanted or position in kept:
            kept |= {position, *step.uses}
    places = {position: place for place, position in enumerate(sorted(kept))}
    return tuple(renumbered(recording.steps[position], places) for position in places)


def times_for(recording: Recording) -> int:
    """How often each list is tried: the quickest says most, and what takes long does not vary that much."""
    spent = sum(outcome.seconds for outcome in recording.expected)
    return min(MOST_TRIES, math.ceil(TRIED_SECONDS / max(spent, 1e-9)))


def _bytes_of(steps: Sequence[Step]) -> int:
    return max(1, sum(len(json.dumps(step.form())) for step in steps))
