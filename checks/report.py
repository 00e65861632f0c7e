"""The signed report of one run of the tests: read as what hostile code may have written, believed where the seals hold."""

import hmac
import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from core.execution import ExecResult

REPORT = "tests.report"
"""The file in the out folder."""
GREETING = b"perfsmith-key "
FORGED = "the report of the tests is not the one that perfsmith's plugin wrote"
NOT_RUN = "not run"
"""The outcome of a test that was collected and of which nothing more was said."""
_KEY_BYTES = 32
_RANK = {"passed": 0, "xfailed": 1, "skipped": 1}
"""Of a test's phases the one that ranks highest counts; whatever is not named here is a failure."""
_UNITTEST_COUNT = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)


class _ForgedError(Exception):
    """The report breaks its own rules; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """What a whole report says."""

    outcomes: Mapping[str, str]
    """passed, skipped, xfailed, failed or not run, by the id of each collected test."""
    why: Mapping[str, str] = field(default_factory=dict)
    """The end of a failed test's output, by test id."""
    sentinels: Sequence[tuple[str, str]] = ()
    """The kind of each test that had to fail, and how it ended."""
    changed: Mapping[str, str] = field(default_factory=dict)
    """What the report relies on and was replaced during the session: by what, by name."""


@dataclass(frozen=True, kw_only=True)
class TestReport:
    """What one run of the tests said."""

    __test__ = False
    """Not a test class, whatever pytest thinks of its name."""
    result: ExecResult
    session: Session | None = None
    """None where the tests are not run by pytest, or the report can't be believed."""
    flaw: str = ""
    """Why it can't."""

    @property
    def outcomes(self) -> Mapping[str, str]:
        """By test id; without a report the number of tests that unittest says it ran, as if that were one test."""
        if self.session is not None:
            return self.session.outcomes
        counted = _UNITTEST_COUNT.search(self.result.stderr.text)
        if self.flaw or not counted:
            return {}
        return {f"all {counted[1]} tests": "passed" if self.result.succeeded else "failed"}

    @property
    def failed(self) -> list[str]:
        """Ids of the failed tests."""
        return [test for test, outcome in self.outcomes.items() if outcome == "failed"]

    def why(self, test: str) -> str:
        """The end of the output of `test`, or of the command's where there is none."""
        return (self.session.why.get(test) if self.session else None) or self.result.failure


def fresh_key() -> bytes:
    """For one run of the tests."""
    return secrets.token_bytes(_KEY_BYTES)


def handed_over(key: bytes) -> bytes:
    """`key` as the plugin wants to find it on standard input."""
    return GREETING + key.hex().encode()


def read_report(result: ExecResult, key: bytes | None) -> TestReport:
    """The report that was collected with `result`; without a key none was asked for."""
    if key is None:
        return TestReport(result=result)
    try:
        return TestReport(result=result, session=_session(list(_records(result.files.get(REPORT, b""), key))))
    except _ForgedError as error:
        return TestReport(result=result, flaw=str(error))


def _records(data: bytes, key: bytes) -> Iterator[list[str]]:
    """The records in their order; each is signed with a key made from the one before."""
    for number, line in enumerate(data.split(b"\n")[:-1]):
        seal, _, body = line.partition(b" ")
        expected = blake2b(number.to_bytes(8, "big") + body, key=key, digest_size=_KEY_BYTES).hexdigest().encode()
        if not hmac.compare_digest(seal, expected):
            raise _ForgedError(f"record {number + 1} has not its seal")
        key = blake2b(b"next", key=key, digest_size=_KEY_BYTES).digest()
        yield _texts(body)
    if not data.endswith(b"\n"):
        raise _ForgedError("there is none" if not data else "it stops in the middle of a record")


def _texts(body: bytes) -> list[str]:
    try:
        texts = json.loads(body)
    except (ValueError, RecursionError):
        texts = None
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise _ForgedError("a record is no list of texts")
    # Lone surrogates can be said, but neither stored nor shown.
    return [text.encode("utf-8", "replace").decode() for text in texts]


def _session(records: Sequence[Sequence[str]]) -> Session:
    if records[-1] != ["end"] or ["end"] in records[:-1]:
        raise _ForgedError("it has no end: the session did not come to its own")
    by_kind = {kind: [list(texts) for name, *texts in records if name == kind] for kind in _WORDS}
    for kind, found in by_kind.items():
        if any(len(texts) != _WORDS[kind] for texts in found):
            raise _ForgedError(f"a record of kind {kind} has not its {_WORDS[kind]} words")
    collected = [texts for name, *texts in records if name == "collected"]
    if len(collected) > 1:
        raise _ForgedError("the tests were collected twice")
    outcomes = dict.fromkeys(collected[0] if collected else [], NOT_RUN)
    for test, _, outcome, _ in by_kind["test"]:
        if test not in outcomes:
            raise _ForgedError(f"{test} was not collected")
        outcomes[test] = _worse(outcomes[test], outcome)
    return Session(
        outcomes=outcomes,
        why={test: why for test, _, _, why in by_kind["test"] if why},
        sentinels=tuple((kind, ending) for kind, ending in by_kind["sentinel"]),
        changed={what: now for what, now in by_kind["changed"]},  # noqa: C416  dict() would not know that they are pairs
    )


_WORDS = {"test": 4, "sentinel": 2, "changed": 2}
"""How many words a record of each kind has, but for the one with all ids."""


def _worse(before: str, now: str) -> str:
    if now == "rerun":
        return before
    seen = now if now in _RANK else "failed"
    if before == NOT_RUN:
        return seen
    return max(before, seen, key=lambda outcome: _RANK.get(outcome, 2))
