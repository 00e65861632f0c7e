"""What Python makes of a text, asked in the sandbox: a parser is a large thing to feed hostile text."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from core.execution import Command
from core.protocols import Sandbox

HARNESS = "perfsmith_programs.py"
SECONDS = 60.0
MOST_BYTES = 16 << 20
"""Longer questions are not asked."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A text as Python reads it. Nothing rests on it but the order of the work: what is kept is checked and timed."""

    valid: bool
    digest: str = ""
    """Equal for texts that differ in comments, blank lines, white space, quotes and line breaks only."""
    unbound: frozenset[str] = frozenset()
    """Names that are used and bound nowhere in the file."""
    statements: tuple[tuple[int, int], ...] = ()
    """First and last line of each statement, where they were asked for."""


INVALID = Program(valid=False)


def programs(sandbox: Sandbox, texts: Sequence[str], *, statements: bool = False) -> list[Program] | None:
    """The program of each text; None when there is no answer that can be read. Raises SandboxError."""
    question = json.dumps({"texts": list(texts), "statements": statements}).encode()
    if not texts or len(question) > MOST_BYTES:
        return None if texts else []
    layout = sandbox.layout
    argv = (layout.python, "-I", str(layout.plugins / HARNESS))
    result = sandbox.run(Command(argv=argv, timeout_seconds=SECONDS, stdin=question))
    return _read(result.stdout.data, len(texts)) if result.succeeded else None


def _read(answer: bytes, number: int) -> list[Program] | None:
    try:
        found = json.loads(answer)
        if isinstance(found, list) and len(found) == number:
            return [INVALID if each is None else _program(each) for each in found]
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    return None


def _program(found: dict[str, object]) -> Program:
    digest, unbound, statements = found["program"], found["unbound"], found.get("statements", [])
    if not isinstance(digest, str) or not isinstance(unbound, list) or not isinstance(statements, list):
        raise TypeError
    spans = tuple((int(first), int(last)) for first, last in statements)
    return Program(valid=True, digest=digest, unbound=frozenset(map(str, unbound)), statements=spans)
