"""Replays steps in a sandbox: the same calls on whichever code is there. What was expected never enters the sandbox."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from checks.calls import untrusted
from checks.calls.steps import Step
from checks.calls.untrusted import MalformedError
from core.execution import Command, ExecResult, Layout
from core.protocols import Sandbox

OUTCOMES = "outcomes.jsonl"
STEP_SECONDS = 3.0
"""What one step may take on the original; a candidate has PATIENCE times as long."""
PATIENCE = 4.0
WHOLE_SECONDS = 120.0
"""For all of them, with the imports."""
_MOST_ARGUMENTS = 1000


class Ends(StrEnum):
    """How a replayed step came to its end."""

    RETURNS = "returns"
    RAISES = "raises"
    SKIPPED = "skipped"
    """Its arguments could not be made, or the function was not found."""
    TOO_SLOW = "too slow"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a step did. Digests are equal where nobody can tell the values apart."""

    ends: Ends
    value: str = ""
    """Digest of the result or of the exception."""
    exception: str = ""
    """Module and name of the exception's class."""
    explicit: bool = False
    """Whether a `raise` or `assert` of the repository raised it, and not an operation that failed."""
    arguments: tuple[str, ...] = ()
    """Digest of each argument afterwards, positional ones first."""
    kept: frozenset[int] = frozenset()
    """The arguments, by place, that somebody holds on to afterwards who did not before: lists, dicts and the like."""
    again: str = ""
    """Digest of the result of a second call with the very same arguments, where a step asks for that."""
    printed: str = ""
    """Digest of what went to standard output; empty for nothing."""
    text: str = ""
    """Result or exception, short, for people."""
    seconds: float = 0.0
    """As the process under test says: good for planning, never for judging."""


class ReplayFailedError(Exception):
    """A replay did not come to its proper end. The check that asked for it turns `args[0]` into a reason."""


class NothingToCompareError(Exception):
    """A replay on the original did not come to its proper end, for which no candidate is to blame. The check passes and says so."""


@contextmanager
def on_original() -> Iterator[None]:
    """Whatever replay fails in here, it is the original's: NothingToCompareError instead of ReplayFailedError."""
    try:
        yield
    except ReplayFailedError as error:
        raise NothingToCompareError(f"nothing to compare: the original's own replay failed: {error}") from error


def replay(
    sandbox: Sandbox,
    steps: Sequence[Step],
    *,
    hash_seed: int = 0,
    patient: bool = False,
    ignored: Collection[str] = (),
) -> list[Outcome]:
    """One outcome for each step, run in order in one process on the code of `sandbox`.

    Attributes that are `ignored` do not count: only one side has them. Raises ReplayFailedError when the process fails, or does not report just these steps.
    """
    seconds = STEP_SECONDS * (PATIENCE if patient else 1)
    settings = {"seconds": seconds, "loops": 0, "calls": True, "ignored": sorted(ignored)}
    return read_outcomes(sandbox.run(_command(sandbox.layout, steps, settings, hash_seed=hash_seed)), steps)


def repeating_command(layout: Layout, steps: Sequence[Step], *, loops: int, calls: bool = True) -> Command:
    """The command that runs `steps` `loops` times in one process and looks at nothing, to be timed from outside.

    Without `calls` it only makes the arguments, each time anew: what is to be taken off.
    """
    return _command(layout, steps, {"seconds": 0.0, "loops": loops, "calls": calls, "ignored": []}, hash_seed=0)


def ended_of(result: ExecResult) -> int:
    """How many steps a repeating command ran in all. Raises ReplayFailedError when it did not come to its end."""
    if not result.succeeded:
        raise ReplayFailedError(result.failure)
    try:
        (line,) = untrusted.lines(result.files.get(OUTCOMES, b""))
        return untrusted.count(line.get("ended"))
    except ValueError as error:
        raise ReplayFailedError("the process that replays calls ended early or forged its report") from error


def _command(layout: Layout, steps: Sequence[Step], settings: Mapping[str, object], *, hash_seed: int) -> Command:
    request = {
        **settings,
        "steps": [step.form() for step in steps],
        "paths": list(dict.fromkeys(path for step in steps for path in step.paths)),
        "argv": list(steps[0].argv) if steps else [],
    }
    return Command(
        argv=(layout.python, str(layout.plugins / "replay.py"), str(layout.out / OUTCOMES)),
        timeout_seconds=WHOLE_SECONDS,
        environment={"PYTHONHASHSEED": str(hash_seed)},
        stdin=json.dumps(request).encode(),
        collect=(OUTCOMES,),
    )


def read_outcomes(result: ExecResult, steps: Sequence[Step]) -> list[Outcome]:
    """The outcomes that a replay reported; ReplayFailedError unless there is just one for each step, in order."""
    outcomes: list[Outcome] = []
    try:
        for line in untrusted.lines(result.files.get(OUTCOMES, b"")):
            outcomes.append(outcome_of(line, len(outcomes)))
    except MalformedError as error:
        raise ReplayFailedError(f"the report on replayed calls was forged or damaged ({error})") from error
    if len(outcomes) > len(steps):
        raise ReplayFailedError("the report on replayed calls was forged: it has too many lines")
    if len(outcomes) < len(steps):
        where = f"the process ended while it replayed {steps[len(outcomes)].function}"
        raise ReplayFailedError(f"{where}: {result.failure if not result.succeeded else 'it just exits'}")
    if not result.succeeded:
        raise ReplayFailedError(f"the process that replays calls does not end well: {result.failure}")
    return outcomes


def outcome_of(line: dict[str, object], number: int) -> Outcome:
    """The outcome of step `number` in its line of the report; MalformedError when it is about something else."""
    if line.get("step") != number or isinstance(line["step"], bool):
        raise MalformedError("a report on another step")
    try:
        ends = Ends(untrusted.text(line.get("ends")))
    except ValueError as error:
        raise MalformedError("an end that there is not") from error
    return Outcome(
        ends=ends,
        value=untrusted.text(line.get("value", "")),
        exception=untrusted.text(line.get("exception", "")),
        explicit=line.get("explicit") is True,
        arguments=untrusted.texts(line.get("arguments", []), most=_MOST_ARGUMENTS),
        kept=frozenset(untrusted.counts(line.get("kept", []), most=_MOST_ARGUMENTS)),
        again=untrusted.text(line.get("again", "")),
        printed=untrusted.text(line.get("printed", "")),
        text=untrusted.shown(untrusted.text(line.get("text", ""))),
        seconds=untrusted.seconds(line.get("seconds", 0.0)),
    )
