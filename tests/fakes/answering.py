"""A sandbox that gives prepared results, and reports of tests as perfsmith's plugin signs them."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

from checks.report import GREETING, REPORT
from core.execution import Command, Ending, ExecResult, Output
from core.protocols import Trial
from tests.fakes.sandbox import SOURCE, FakeSandbox

KINDS = ("assert", "exception", "pytest", "unittest")
Records = Sequence[Sequence[str]]


def ended(stdout: bytes = b"", **changes: object) -> ExecResult:
    """The result of a command that ended well but for `changes`."""
    plain = ExecResult(
        ending=Ending.EXITED,
        exit_code=0,
        wall_seconds=1,
        cpu_seconds=1,
        peak_memory_bytes=1,
        stdout=Output.of(stdout),
        stderr=Output.of(b""),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def records_of(outcomes: Mapping[str, str], *more: Sequence[str], caught: Sequence[str] = KINDS) -> list[Sequence[str]]:
    """What the plugin would write of a session with these outcomes."""
    tests = [
        ("test", test, "call", outcome, f"E {test}" if outcome == "failed" else "")
        for test, outcome in outcomes.items()
    ]
    return [("collected", *outcomes), *tests, *(("sentinel", kind, "noticed") for kind in caught), *more, ("end",)]


def sealed(records: Records, stdin: bytes) -> bytes:
    """The signed form of `records` under the key that `stdin` hands over."""
    key, lines = bytes.fromhex(stdin.removeprefix(GREETING).decode()), []
    for number, record in enumerate(records):
        body = json.dumps(list(record)).encode()
        lines.append(
            blake2b(number.to_bytes(8, "big") + body, key=key, digest_size=32).hexdigest().encode() + b" " + body
        )
        key = blake2b(b"next", key=key, digest_size=32).digest()
    return b"".join(line + b"\n" for line in lines)


class Answering(FakeSandbox):
    """Gives prepared results, the last one for ever. Records stand for a session of pytest that wrote them."""

    def __init__(self, *results: ExecResult | Records) -> None:
        super().__init__(files={"code.py": SOURCE}, noise=random.Random(0), sd=0)
        self.results = list(results)

    def run(self, command: Command) -> ExecResult:
        self.commands.append(command)
        answer = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(answer, ExecResult):
            return answer
        failed = any(record[0] == "test" and "failed" in record[3:4] for record in answer)
        return ended(exit_code=int(failed), files={REPORT: sealed(answer, command.stdin)})


def trial(candidate: FakeSandbox) -> Trial:
    return Trial(original=candidate, candidate=candidate, sources={}, changes={})
