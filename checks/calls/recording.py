"""Runs a command with the recorder in all its Python processes, and reads what that wrote."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from checks.calls import untrusted
from checks.calls.edited import Edits
from checks.calls.steps import Step, read_step
from checks.calls.untrusted import MalformedError
from core.execution import Command, ExecResult, Layout

REPORT = "calls.jsonl"
_MOST_NAMES = 10_000


@dataclass(frozen=True, kw_only=True)
class Calls:
    """All outermost calls of one function in one run of a command."""

    count: int = 0
    digest: int = 0
    """Of the arguments of many of them; a sum, so that their order does not matter."""
    results: int = 0
    """Likewise of what they returned and left in their arguments, or that they raised."""
    is_steady: bool = True
    """Whether the results are the same each time."""

    def __add__(self, other: "Calls") -> "Calls":
        return Calls(
            count=self.count + other.count,
            digest=_sum(self.digest, other.digest),
            results=_sum(self.results, other.results),
        )


def _sum(one: int, other: int) -> int:
    return (one + other) % (1 << 64)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What the recorder saw of one run."""

    steps: tuple[Step, ...] = ()
    calls: Mapping[str, Calls] = field(default_factory=dict)
    """By function."""
    inner: frozenset[str] = frozenset()
    """Functions of which calls were left out because other functions, or modules, that are edited made them."""
    reads: bool = False
    """Whether a process read an edited file as data: then its work may be another one with a patch."""
    left_out: Mapping[str, Counter[str]] = field(default_factory=dict)
    """How many calls of a function could not be recorded, by reason."""
    coverage: float = 0.0
    """The share of the processes' time that was spent in calls of the kind that was recorded."""


def recorded(layout: Layout, command: Command, edits: Edits, mode: Literal["record", "count"]) -> Command:
    """`command` with the recorder in every Python process.

    A command that sets PYTHONPATH itself, or starts Python with -I, -E or -S, escapes: then nothing is recorded.
    """
    folder = str(layout.plugins / "inject")
    already = command.environment.get("PYTHONPATH")
    settings = {
        "functions": sorted(edits.functions),
        "classes": sorted(edits.classes),
        "attributes": sorted(edits.attributes),
        "modules": sorted(edits.modules),
        "ignored": sorted(edits.added),
        "mode": mode,
        "root": str(layout.repo),
        "out": str(layout.out),
    }
    environment = {
        **command.environment,
        "PYTHONPATH": f"{folder}:{already}" if already else folder,
        "PERFSMITH_RECORD": json.dumps(settings),
    }
    return replace(command, environment=environment, collect=(*command.collect, REPORT))


def read_recorded(
    result: ExecResult, source: str, edits: Edits, mode: Literal["record", "count"] = "record"
) -> Recorded:
    """What the processes of the command reported, without steps where calls were only counted.

    MalformedError when that is not what the recorder writes.
    """
    try:
        return _read(result, source, edits, mode)
    except (RecursionError, OverflowError, TypeError, KeyError) as error:
        raise MalformedError("not what the recorder writes") from error


def _read(result: ExecResult, source: str, edits: Edits, mode: Literal["record", "count"]) -> Recorded:
    steps: list[Step] = []
    calls: dict[str, Calls] = {}
    left_out: dict[str, Counter[str]] = {}
    inner: set[str] = set()
    spent = total = 0.0
    reads = False
    for line in untrusted.lines(result.files.get(REPORT, b"")):
        steps += [] if mode == "count" else _steps(line, source, edits, len(steps))
        total += untrusted.seconds(line.get("seconds"))
        reads = reads or line.get("reads") is True
        for name, facts in _functions(line):
            if name not in edits.functions:
                raise MalformedError("a function that was not asked for")
            calls[name] = calls.get(name, Calls()) + _calls(facts)
            inner |= {name} if facts.get("inner") is True else set()
            reasons = _reasons(facts)
            left_out.setdefault(name, Counter()).update(reasons)
            tried = max(1, untrusted.count(facts.get("tried")))
            spent += untrusted.seconds(facts.get("seconds")) * max(0.0, 1 - reasons.total() / tried)
    share = min(1.0, spent / total) if total > 0 else 0.0
    return Recorded(
        steps=tuple(steps), calls=calls, inner=frozenset(inner), left_out=left_out, coverage=share, reads=reads
    )


def _steps(line: dict[str, object], source: str, edits: Edits, offset: int) -> list[Step]:
    values = line.get("steps")
    if not isinstance(values, list):
        raise MalformedError("no steps")
    paths, argv = (untrusted.texts(line.get(name), most=_MOST_NAMES) for name in ("paths", "argv"))
    read = [read_step(value, source=source, paths=paths, argv=argv, offset=offset) for value in values]
    if any(max(step.uses, default=-1) >= offset + place for place, step in enumerate(read)):
        raise MalformedError("a step that uses a later one")
    return [replace(step, raw=step.function in edits.raw) for step in read]


def _functions(line: dict[str, object]) -> list[tuple[str, dict[str, object]]]:
    match line.get("functions"):
        case dict(functions) if len(functions) <= _MOST_NAMES:
            return [(name, facts) for name, facts in functions.items() if isinstance(facts, dict)]
    raise MalformedError("no functions")


def _calls(facts: dict[str, object]) -> Calls:
    try:
        digest, results = (int(untrusted.text(facts.get(name)), 16) for name in ("digest", "results"))
    except ValueError as error:
        raise MalformedError("not a digest") from error
    return Calls(count=untrusted.count(facts.get("calls")), digest=digest, results=results)


def _reasons(facts: dict[str, object]) -> Counter[str]:
    match facts.get("left_out"):
        case dict(reasons) if len(reasons) <= _MOST_NAMES:
            return Counter({untrusted.shown(reason): untrusted.count(number) for reason, number in reasons.items()})
    raise MalformedError("no reasons")
