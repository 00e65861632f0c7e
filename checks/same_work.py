"""The workloads still do their work: they call the edited functions as often as on the original, and get the same from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from checks.calls.recording import Calls, read_recorded
from checks.calls.recordings import Recording, Recordings, usual_timeout
from checks.calls.untrusted import MalformedError
from core.candidate import CheckResult, Verdict
from core.execution import Ending
from core.protocols import Sandbox, Trial, Workload

UNCOUNTED = frozenset({"__del__", "__eq__", "__hash__", "__lt__", "__repr__", "__getattr__", "__getattribute__"})
"""Methods that Python calls by itself, as often as its own data structures want it."""


@dataclass(frozen=True, kw_only=True)
class ExpectedWork:
    """Runs each workload once on the candidate while outermost calls of the edited functions are counted.

    Calls that edited code makes are its own business and do not count. More calls than before are no offence.
    """

    recordings: Recordings

    @property
    def name(self) -> str:
        """As shown to people."""
        return "expected work"

    def prepare(self, original: Sandbox) -> None:
        """Nothing: what is to be counted depends on the candidate."""

    def check(self, trial: Trial) -> CheckResult:
        """Whether every workload calls the edited functions, and gets the results, that it does on the original."""
        recording = self.recordings.of(trial)
        expected = [each for each in self.recordings.workloads if recording.calls.get(str(each[0].spec))]
        for workload, loops in expected:
            problem, verdict = self._problem(trial, recording, workload, loops)
            if problem:
                return CheckResult(check=self.name, passed=False, reason=problem, verdict=verdict)
        return CheckResult(check=self.name, passed=True, reason=_summary(recording))

    def _problem(self, trial: Trial, recording: Recording, workload: Workload, loops: int) -> tuple[str, Verdict]:
        """What is wrong with the candidate's calls in this workload; empty when nothing is."""
        source = str(workload.spec)
        command = self.recordings.command(workload, loops, trial.candidate.layout, recording.edits)
        limit = usual_timeout(recording.seconds.get(source, command.timeout_seconds), command.timeout_seconds)
        result = trial.candidate.run(replace(command, timeout_seconds=limit))
        if result.ending is Ending.TIMED_OUT:
            return f"{source}: {result.failure} while its calls were counted", Verdict.TIMED_OUT
        if not result.succeeded:
            return f"{source}: {result.failure} while its calls were counted", Verdict.WORKLOAD_FAILED
        try:
            seen = read_recorded(result, source, recording.edits, "count")
        except MalformedError as error:
            return f"{source}: the count of its calls was forged or damaged ({error})", Verdict.BEHAVIOUR_CHANGED
        counted = {
            name: calls for name, calls in recording.calls[source].items() if name not in recording.edits.uncounted
        }
        missing = next(_missing(source, counted, seen.calls), "")
        return missing, Verdict.BEHAVIOUR_CHANGED


def _missing(source: str, expected: Mapping[str, Calls], seen: Mapping[str, Calls]) -> Iterator[str]:
    for name, before in expected.items():
        after = seen.get(name, Calls())
        if name.rpartition(".")[2] in UNCOUNTED:
            continue
        if after.count < before.count:
            yield f"the workload {source} called {name} {before.count} times, and now {after.count} times"
        elif after.count == before.count and after.digest != before.digest:
            yield f"the workload {source} calls {name} as often as before, but not with the same arguments"
        elif after.count == before.count and before.is_steady and after.results != before.results:
            yield f"the workload {source} calls {name} with the same arguments as before, and gets other results"


def _summary(recording: Recording) -> str:
    calls = [calls for by_function in recording.calls.values() for calls in by_function.values()]
    count = sum(each.count for each in calls)
    if not count:
        return "no workload calls an edited function in a way that could be counted"
    unsteady = sum(not each.is_steady for each in calls)
    left_out = f"; the results of {unsteady} of {len(calls)} functions are not the same each time" if unsteady else ""
    return f"the workloads made the same {count} calls of edited functions{left_out}"
