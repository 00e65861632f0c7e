"""Runs many short lists of calls on the code of a sandbox, each in a process that begins afresh."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from checks.calls import untrusted
from checks.calls.replaying import OUTCOMES, WHOLE_SECONDS, Ends, Outcome, ReplayFailedError, outcome_of
from checks.calls.steps import Step
from checks.calls.untrusted import MalformedError
from core.execution import Command, ExecResult, Layout
from core.protocols import Sandbox

STEP_SECONDS = 0.5
"""What a varied call may take on the original; it was made to be small."""
PATIENCE = 6.0
"""So many times as long, a candidate may take; that is about behaviour, not about speed."""
TOTAL_SECONDS = 30.0
"""What all lists together may take on the original; those that are not run by then are left out."""
MEGABYTES = 512
"""What a list may take beyond what its process has when it begins."""
DIED = Outcome(ends=Ends.RAISES, exception="the end of its process", text="the end of its process")
LATE = Outcome(ends=Ends.TOO_SLOW)


@dataclass(frozen=True, kw_only=True)
class World:
    """A list of steps that stands alone."""

    steps: tuple[Step, ...]
    again: Mapping[int, int]
    """Steps that get the containers of an earlier one, changed in place, with the number of that one."""

    def form(self) -> list[dict[str, Any]]:
        """As the replay reads it."""
        return [
            {**step.form(), **({"again": self.again[place]} if place in self.again else {})}
            for place, step in enumerate(self.steps)
        ]


def run_worlds(
    sandbox: Sandbox,
    worlds: Sequence[World],
    *,
    hash_seed: int = 0,
    patient: bool = False,
    depth_factor: float = 1.0,
    ignored: Collection[str] = (),
) -> list[tuple[Outcome, ...]]:
    """For each list the outcomes of its steps; none for a list that there was no time for.

    Python's limit of recursion is multiplied by `depth_factor`. Attributes that are `ignored` do not count: only one side
    has them. Raises ReplayFailedError when the process fails, or reports on something else.
    """
    factor = PATIENCE if patient else 1.0
    total = TOTAL_SECONDS * factor
    request = {
        **request_of([world.form() for world in worlds], [step for world in worlds for step in world.steps]),
        "seconds": STEP_SECONDS * factor,
        "total": total,
        "megabytes": MEGABYTES * (2 if patient else 1),
        "depth_factor": depth_factor,
        "ignored": sorted(ignored),
    }
    command = worlds_command(sandbox.layout, request, timeout_seconds=WHOLE_SECONDS + total, hash_seed=hash_seed)
    return read_worlds(sandbox.run(command), worlds)


def request_of(forms: Sequence[Sequence[Mapping[str, Any]]], steps: Sequence[Step]) -> dict[str, Any]:
    """What every request says: the lists, and the circumstances in which the calls were recorded."""
    return {
        "worlds": forms,
        "paths": list(dict.fromkeys(path for step in steps for path in step.paths)),
        "argv": list(steps[0].argv) if steps else [],
        "seconds": STEP_SECONDS,
        "loops": 0,
        "copies": 1,
        "ignored": [],
        "forks": True,
        "reports": False,
    }


def worlds_command(
    layout: Layout, request: Mapping[str, Any], *, timeout_seconds: float, hash_seed: int = 0
) -> Command:
    """The command that carries out `request`."""
    return Command(
        argv=(layout.python, str(layout.plugins / "replay_worlds.py"), str(layout.out / OUTCOMES)),
        timeout_seconds=timeout_seconds,
        environment={"PYTHONHASHSEED": str(hash_seed)},
        stdin=json.dumps(request).encode(),
        collect=(OUTCOMES,),
    )


def read_worlds(result: ExecResult, worlds: Sequence[World]) -> list[tuple[Outcome, ...]]:
    """The outcomes in the report. What a list's process did not live to report is the end of it."""
    try:
        report = _reported(result, worlds)
    except MalformedError as error:
        raise ReplayFailedError(f"the report on varied calls was forged or damaged ({error})") from error
    if not result.succeeded:
        raise ReplayFailedError(f"the process that replays varied calls does not end well: {result.failure}")
    if report.end is None:
        raise ReplayFailedError("the report on varied calls has no end: the process that replays them just exits")
    if report.killed.keys() != set(range(report.end)):
        raise ReplayFailedError("the report on varied calls leaves some out")
    return [
        _to_its_end(report.seen[number], len(world.steps), late=report.killed[number]) if number < report.end else ()
        for number, world in enumerate(worlds)
    ]


@dataclass(kw_only=True)
class _Report:
    """What the lines of a report say."""

    seen: list[list[Outcome]]
    killed: dict[int, bool] = field(default_factory=dict)
    """The lists that came to an end, and whether that was by force."""
    end: int | None = None
    """The first list that there was no time for; the number of lists when there was time for all."""


def _reported(result: ExecResult, worlds: Sequence[World]) -> _Report:
    """What the report says; MalformedError when our harness would not have said so."""
    report = _Report(seen=[[] for _ in worlds])
    for line in untrusted.lines(result.files.get(OUTCOMES, b"")):
        if report.end is not None:
            raise MalformedError("a report that goes on after its end")
        if "done" in line or "out_of_time_at" in line:
            report.end = min(untrusted.count(line.get("out_of_time_at", len(worlds))), len(worlds))
        else:
            _add(report, line, worlds)
    return report


def _add(report: _Report, line: dict[str, object], worlds: Sequence[World]) -> None:
    number = untrusted.count(line.get("world"))
    if number >= len(worlds) or number in report.killed:
        raise MalformedError("a report on another list")
    seen = report.seen[number]
    if "killed" in line:
        report.killed[number] = line["killed"] is True
    elif len(seen) >= len(worlds[number].steps):
        raise MalformedError("a report on another step")
    else:
        seen.append(outcome_of(line, len(seen)))


def _to_its_end(seen: list[Outcome], count: int, *, late: bool) -> tuple[Outcome, ...]:
    missing = count - len(seen)
    return (*seen, *([LATE if late else DIED] * missing))
