"""What the original's edited functions were called with and did, for each set of functions that candidates edit."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from checks.calls.edited import Edits, edits_of
from checks.calls.merging import merged
from checks.calls.recording import Calls, Recorded, read_recorded, recorded
from checks.calls.replaying import Outcome
from checks.calls.steady import Steady
from checks.calls.steps import Step
from checks.calls.untrusted import MalformedError
from core.execution import Command, Layout, patience, shell
from core.protocols import Sandbox, Trial, Workload

TESTS = "tests"
RECORDING_SLOWDOWN = 3.0
"""So many times as long as usual may the original take while it is recorded."""
_OTHER_HASHES = "1"
MOST_KEPT = 8
"""Recordings that are kept at a time."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Calls that can be replayed on both sides, and what they did on the original."""

    edits: Edits
    steps: tuple[Step, ...] = ()
    expected: tuple[Outcome, ...] = ()
    """What each step does on the original."""
    unsteady: frozenset[int] = frozenset()
    """Steps that do not do the same each time; they are replayed, since others build on them, but not compared."""
    skipped: Mapping[str, Counter[str]] = field(default_factory=dict)
    """Calls that are not compared, by function and reason."""
    coverage: Mapping[str, float] = field(default_factory=dict)
    """For each workload the share of its time that is spent in calls that can be replayed."""
    calls: Mapping[str, Mapping[str, Calls]] = field(default_factory=dict)
    """For each workload and function all its calls, where these are the same each time."""
    inner: frozenset[str] = frozenset()
    """Functions of which calls were left out because other functions, or modules, of `edits` made them."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """For each workload how long the original takes while calls are counted."""
    problems: tuple[str, ...] = ()
    """What could not be recorded at all, and why."""

    def serves(self, edits: Edits) -> bool:
        """Whether it holds for `edits` what a recording for just these would: no call of theirs was left out for others'."""
        are_equal = (edits.functions, edits.modules) == (self.edits.functions, self.edits.modules)
        return self.edits.covers(edits) and (are_equal or not edits.functions & self.inner)

    @property
    def compared(self) -> tuple[int, ...]:
        """The steps whose outcomes count."""
        return tuple(number for number in range(len(self.steps)) if number not in self.unsteady)


@dataclass(kw_only=True)
class Recordings:
    """Makes and keeps recordings of the original while its tests and workloads run."""

    tests: str
    """The shell line that the user wrote."""
    workloads: Sequence[tuple[Workload, int]]
    """Each with the number of loops of a sample."""
    timeout_seconds: float
    kept: list[Recording] = field(default_factory=list, init=False)
    _makings: list[tuple[Edits, tuple[Step, ...]]] = field(default_factory=list, init=False)

    def of(self, trial: Trial) -> Recording:
        """The recording for what `trial` edits; the original is only run when no kept one covers it."""
        return self.record(trial.original, edits_of(trial.sources, trial.changes))

    def record(self, original: Sandbox, edits: Edits) -> Recording:
        """The recording for `edits`."""
        if not edits.functions:
            return Recording(edits=edits)
        serving = [each for each in self.kept if each.serves(edits)]
        # The fewer functions were recorded, the more of the calls had room.
        known = min(serving, key=lambda each: len(each.edits.functions), default=None)
        if known is None:
            known = self._made(original, edits)
            del self.kept[MOST_KEPT - 1 :]
            self.kept.insert(0, known)
        return replace(known, edits=replace(known.edits, uncounted=edits.uncounted))

    def makings(self, original: Sandbox, edits: Edits) -> tuple[Step, ...]:
        """How objects were made while tests and workloads ran: calls of the constructors that `edits` has for functions.

        Only such as need no object that another call made; of what `edits` builds otherwise, nothing is taken down.
        """
        asked = Edits(functions=edits.functions, classes=edits.classes, attributes=edits.attributes)
        known = next((steps for each, steps in self._makings if each.covers(asked)), None)
        if known is None and asked.functions:
            runs = (run for _, run in self._recorded(original, asked, []))
            known = tuple(step for step in merged(runs) if step.do == "new" and not step.uses)
            self._makings = [(asked, known), *self._makings[: MOST_KEPT - 1]]
        return tuple(step for step in known or () if step.function in asked.functions)

    def command(self, workload: Workload, loops: int, layout: Layout, edits: Edits) -> Command:
        """A sample of the workload in which calls are counted."""
        return recorded(layout, workload.command(layout, loops=loops), edits, "count")

    def _made(self, original: Sandbox, edits: Edits) -> Recording:
        problems: list[str] = []
        runs = dict(self._recorded(original, edits, problems))
        steady = Steady.among(original, merged(runs.values()))
        counted = list(self._counted_again(original, edits, runs, problems))
        return Recording(
            edits=edits,
            steps=steady.steps,
            expected=steady.expected,
            unsteady=steady.unsteady,
            skipped=_added((*(run.left_out for run in runs.values()), steady.skipped)),
            coverage={source: run.coverage for source, run in runs.items() if source != TESTS},
            calls={source: calls for source, calls, _ in counted},
            inner=frozenset[str]().union(*(run.inner for run in runs.values())),
            seconds={source: seconds for source, _, seconds in counted},
            problems=(*problems, *steady.problems),
        )

    def _recorded(self, original: Sandbox, edits: Edits, problems: list[str]) -> Iterator[tuple[str, Recorded]]:
        """What was recorded of each workload and of the tests; `problems` learns what was not."""
        for source, command in self._commands(original.layout):
            slow = replace(command, timeout_seconds=command.timeout_seconds * RECORDING_SLOWDOWN)
            result = original.run(recorded(original.layout, slow, edits, "record"))
            try:
                yield source, read_recorded(result, source, edits)
            except MalformedError as error:
                problems.append(f"the calls of {source} could not be recorded ({error})")
            if not result.succeeded:
                problems.append(f"not all calls of {source} were recorded: {result.failure}")

    def _commands(self, layout: Layout) -> Iterator[tuple[str, Command]]:
        # Workloads first: where there is not room for all, they matter most.
        for workload, loops in self.workloads:
            yield str(workload.spec), workload.command(layout, loops=loops)
        yield TESTS, shell(self.tests, timeout_seconds=self.timeout_seconds)

    def _counted_again(
        self, original: Sandbox, edits: Edits, runs: Mapping[str, Recorded], problems: list[str]
    ) -> Iterator[tuple[str, Mapping[str, Calls], float]]:
        """For each workload the calls that are the same in a second run, in which nothing is taken down, and its time.

        Results count where they are also the same in a third one with other hashes: the order of a set is nobody's business.
        """
        for workload, loops in self.workloads:
            source = str(workload.spec)
            first = runs.get(source)
            if first is None or first.reads or not first.calls:
                continue
            command = self.command(workload, loops, original.layout, edits)
            slow = replace(command, timeout_seconds=command.timeout_seconds * RECORDING_SLOWDOWN)
            other = replace(slow, environment={**slow.environment, "PYTHONHASHSEED": _OTHER_HASHES})
            results = [original.run(each) for each in (slow, other)]
            failed = next((result for result in results if not result.succeeded), None)
            if failed is not None:
                problems.append(f"the calls of {source} could not be counted: {failed.failure}")
                continue
            try:
                second, third = (read_recorded(result, source, edits, "count") for result in results)
            except MalformedError as error:
                problems.append(f"the calls of {source} could not be counted ({error})")
                continue
            yield source, _same(first.calls, second.calls, third.calls), results[0].wall_seconds


def _same(first: Mapping[str, Calls], second: Mapping[str, Calls], third: Mapping[str, Calls]) -> dict[str, Calls]:
    same = {}
    for name, each in first.items():
        again = second.get(name, Calls())
        if each.count and (each.count, each.digest) == (again.count, again.digest):
            is_steady = each.results == again.results == third.get(name, Calls()).results
            same[name] = replace(each, is_steady=is_steady)
    return same


def _added(
    counts: Iterator[Mapping[str, Counter[str]]] | Sequence[Mapping[str, Counter[str]]],
) -> dict[str, Counter[str]]:
    total: dict[str, Counter[str]] = {}
    for each in counts:
        for name, reasons in each.items():
            total.setdefault(name, Counter()).update(reasons)
    return total


def usual_timeout(seconds: float, limit_seconds: float) -> float:
    """How long a candidate's counted run may take when the original's took `seconds`."""
    return patience(seconds, limit_seconds * RECORDING_SLOWDOWN)
