"""The calls that edited functions get from the workloads as workloads of their own: as recorded, and varied."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from checks.calls.recordings import TESTS, Recording, Recordings
from checks.calls.replaying import Ends, ReplayFailedError
from checks.calls.steps import Step
from checks.varying.calls import renumbered
from checks.varying.repeating import RepeatedCalls, Tried, TriedList, total
from checks.varying.same_size import Strength, changed, same_size
from core.protocols import REPLAYED_SHARE, NoReplays, Replays, Sandbox, Trial, Workload

LISTS = 4
"""How many variations a sample makes; the same calls as often, to compare them with."""
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
MOST_LOOPS = 200

TRIED_OFTEN_SECONDS = 0.5
"""Calls that take less together are tried more than once."""

_KEPT = 4


@dataclass(frozen=True, kw_only=True)
class CallReplays:
    """Makes replays of what the edited functions get, and keeps those of the last few sets of functions."""

    recordings: Recordings
    seed: int
    timeout_seconds: float
    wrap: Callable[[Workload], Workload] | None = None
    """For an objective that is counted and not timed: then each sample makes the calls once, in one process."""
    kept: list[tuple[Recording, Replays | NoReplays]] = field(default_factory=list, init=False)

    def replays(self, trial: Trial) -> Replays | NoReplays:
        """The calls of the functions that the candidate changes, or why there is nothing to time."""
        recording = self.recordings.of(trial)
        for known, replays in self.kept:
            if known is recording:
                return replays
        try:
            replays = self._made(trial.original, recording)
        except ReplayFailedError as error:
            replays = NoReplays(reason=f"the recorded calls can't be repeated: {error}")
        del self.kept[_KEPT - 1 :]
        self.kept.insert(0, (recording, replays))
        return replays

    def _made(self, original: Sandbox, recording: Recording) -> Replays | NoReplays:
        steps = workload_steps(recording)
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
        loops = loops_for(tried, len(variations), forks=self.wrap is None)
        if loops is None:
            return NoReplays(reason="the recorded calls take too small a part of a process that repeats them")
        return self._replays(steps, variations, loops, recorded)

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

    def _calls(self, name: str, lists: Sequence[tuple[Step, ...]]) -> RepeatedCalls:
        return RepeatedCalls(
            name=name, lists=tuple(lists), timeout_seconds=self.timeout_seconds, forks=self.wrap is None
        )

    def _replays(
        self, steps: tuple[Step, ...], variations: Sequence[tuple[Step, ...]], loops: int, recorded: TriedList
    ) -> Replays:
        wrap = self.wrap or (lambda workload: workload)
        return Replays(
            recorded=wrap(self._calls("recorded calls", [steps] * len(variations))),
            varied=wrap(self._calls("varied calls", variations)),
            loops=loops,
            seconds=sum(recorded.seconds),
        )


def workload_steps(recording: Recording) -> tuple[Step, ...]:
    """The calls that workloads made, with what makes the objects that they need."""
    kept: set[int] = set()
    for position in reversed(range(len(recording.steps))):
        step, outcome = recording.steps[position], recording.expected[position]
        wanted = step.source != TESTS and outcome.ends in {Ends.RETURNS, Ends.RAISES}
        if wanted or position in kept:
            kept |= {position, *step.uses}
    places = {position: place for place, position in enumerate(sorted(kept))}
    return tuple(renumbered(recording.steps[position], places) for position in places)


def times_for(recording: Recording) -> int:
    """How often each list is tried: the quickest says most, and what takes long does not vary that much."""
    spent = sum(outcome.seconds for outcome in recording.expected)
    return 3 if spent < TRIED_OFTEN_SECONDS else 1


def fits(steps: Sequence[Step], varied: Sequence[Step], recorded: TriedList, seen: TriedList) -> bool:
    """Whether the original does with the varied calls about the work that it does with the recorded ones."""
    alike = sum(before == after for before, after in zip(recorded.ends, seen.ends, strict=True))
    other = total([recorded.seconds[position] for position in changed(steps, varied)])
    ratio = total(seen.seconds) / total(recorded.seconds)
    return alike >= ALIKE * len(steps) and other >= OTHER * total(recorded.seconds) and 1 / FACTOR <= ratio <= FACTOR


def loops_for(tried: Tried, lists: int, *, forks: bool) -> int | None:
    """How many loops make a sample in which the calls are a large enough part; None when there is no such number."""
    recorded = tried.lists[0]
    calls = sum(recorded.seconds) * lists
    beside = (recorded.running + FORK_SECONDS) * lists - calls
    once = tried.start_seconds + recorded.making * lists
    # The calls of n loops are such a part when n * calls >= weight * (once + n * beside).
    weight = REPLAYED_SHARE / (1 - REPLAYED_SHARE)
    if not forks:
        return 1 if calls >= weight * once else None
    if calls <= weight * beside:
        return None
    needed = max(math.ceil(weight * once / (calls - weight * beside)), math.ceil(ENOUGH_SECONDS / calls), 1)
    affordable = max(1, int((MOST_SECONDS - once) / (calls + beside)))
    return needed if needed <= min(affordable, MOST_LOOPS) else None


def _bytes_of(steps: Sequence[Step]) -> int:
    return max(1, sum(len(json.dumps(step.form())) for step in steps))
