"""The edited functions do what they did: calls recorded on the original are replayed on both sides and compared."""

from collections import Counter
from dataclasses import dataclass, replace

from checks.calls.comparing import Difference, compare
from checks.calls.describing import describe
from checks.calls.recordings import Recording, Recordings
from checks.calls.replaying import NothingToCompareError, Outcome, ReplayFailedError, on_original, replay
from checks.calls.steps import size_of
from core.candidate import CheckResult, Verdict
from core.protocols import Sandbox, Trial


@dataclass(frozen=True, kw_only=True)
class RecordedCalls:
    """Replays the calls that the edited functions got while the original's tests and workloads ran."""

    recordings: Recordings

    @property
    def name(self) -> str:
        """As shown to people."""
        return "recorded calls"

    def prepare(self, original: Sandbox) -> None:
        """Nothing: what is to be recorded depends on the candidate."""

    def check(self, trial: Trial) -> CheckResult:
        """Whether each recorded call ends as it does on the original."""
        recording = self.recordings.of(trial)
        if not recording.compared:
            return CheckResult(check=self.name, passed=True, reason=_nothing(recording))
        try:
            return self._compared(trial, recording)
        except NothingToCompareError as error:
            return CheckResult(check=self.name, passed=True, reason=str(error))
        except ReplayFailedError as error:
            return self._failed(str(error), "")

    def _compared(self, trial: Trial, recording: Recording) -> CheckResult:
        if recording.edits.added:
            # Kept outcomes count every attribute, also those that are new in this candidate.
            recording = replace(recording, expected=tuple(_on_original(trial, recording)))
        differences = _among_compared(recording, _seen(trial.candidate, recording))
        if differences:
            differences = self._confirmed(trial, recording, differences)
        if differences:
            return self._differs(recording, differences)
        return CheckResult(check=self.name, passed=True, reason=summary(recording))

    def _confirmed(self, trial: Trial, recording: Recording, differences: list[Difference]) -> list[Difference]:
        """Those of `differences` that show again, and are not the original's own mood."""
        again = {each.step for each in _among_compared(recording, _seen(trial.candidate, recording))}
        moods = {each.step for each in compare(recording.expected, _on_original(trial, recording))}
        return [each for each in differences if each.step in again - moods]

    def _differs(self, recording: Recording, differences: list[Difference]) -> CheckResult:
        smallest = min(differences, key=lambda each: size_of(recording.steps[each.step]))
        step = recording.steps[smallest.step]
        call = describe(step, recording.steps)
        others = f" ({len(differences)} of {len(recording.compared)} recorded calls differ)"
        return self._failed(f"{step.function}: {call} {smallest.what}{others}", call)

    def _failed(self, reason: str, witness: str) -> CheckResult:
        return CheckResult(
            check=self.name, passed=False, reason=reason, verdict=Verdict.BEHAVIOUR_CHANGED, witness=witness
        )


def _seen(sandbox: Sandbox, recording: Recording) -> list[Outcome]:
    """What the steps do there; attributes that only the candidate has count on neither side."""
    return replay(sandbox, recording.steps, patient=True, ignored=recording.edits.added)


def _on_original(trial: Trial, recording: Recording) -> list[Outcome]:
    with on_original():
        return _seen(trial.original, recording)


def _among_compared(recording: Recording, seen: list[Outcome]) -> list[Difference]:
    return [each for each in compare(recording.expected, seen) if each.step not in recording.unsteady]


def summary(recording: Recording) -> str:
    """As "212 calls of 3 functions replayed equal; 14 skipped: 12 unpicklable, 2 too large"."""
    functions = {recording.steps[number].function for number in recording.compared}
    calls = f"{_many(len(recording.compared), 'call')} of {_many(len(functions), 'function')} replayed equal"
    return "; ".join([calls, *_left_out(recording)])


def _nothing(recording: Recording) -> str:
    if not recording.edits.functions:
        return "no function is edited"
    never = f"no call of {_many(len(recording.edits.functions), 'edited function')} could be replayed"
    return "; ".join([never, *_left_out(recording)])


def _left_out(recording: Recording) -> list[str]:
    reasons: Counter[str] = Counter()
    for each in recording.skipped.values():
        reasons.update(each)
    told = ", ".join(f"{number} {reason}" for reason, number in reasons.most_common(5))
    return [*([f"{reasons.total()} skipped: {told}"] if reasons else []), *recording.problems]


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
