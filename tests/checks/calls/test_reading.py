"""What comes out of the sandbox is read defensively, compared strictly, and told to people in a few words."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.calls.comparing import compare
from checks.calls.describing import describe
from checks.calls.edited import Edits
from checks.calls.recording import REPORT, Calls, read_recorded
from checks.calls.replaying import OUTCOMES, Ends, Outcome, ReplayFailedError, ended_of, read_outcomes
from checks.calls.steps import Step
from checks.calls.untrusted import MalformedError
from core.execution import Ending, ExecResult, Output

EDITS = Edits(functions=frozenset({"a.py:f"}))
STEP = Step(do="call", function="a.py:f", module="a", args=(1,), kwargs=(), caller=("b.py", "main"))
STEP_FORM: dict[str, Any] = {
    "do": "call", "function": "a.py:f", "module": "a", "args": [1], "kwargs": [], "caller": ["b.py", "main"],
}  # fmt: skip
FACTS: dict[str, Any] = {
    "calls": 1,
    "digest": "0f",
    "results": "0e",
    "inner": False,
    "tried": 1,
    "seconds": 0.5,
    "left_out": {},
}
LINE: dict[str, Any] = {"seconds": 1.0, "paths": [], "argv": [], "functions": {"a.py:f": FACTS}, "steps": [STEP_FORM]}
OUTCOME = {"step": 0, "ends": "returns", "value": "ab", "arguments": ["cd"], "printed": "", "text": "1", "seconds": 0.1}
NESTED: Any = None
for _ in range(249):
    NESTED = {"dict": [[1, NESTED]]}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def ended(files: Mapping[str, bytes], exit_code: int = 0) -> ExecResult:
    return ExecResult(
        ending=Ending.EXITED,
        exit_code=exit_code,
        wall_seconds=1,
        cpu_seconds=1,
        peak_memory_bytes=1,
        stdout=Output.of(b""),
        stderr=Output.of(b""),
        files=files,
    )


def report(*lines: Any) -> ExecResult:
    return ended({REPORT: b"\n".join(json.dumps(line).encode() for line in lines)})


def outcomes(*lines: Any, exit_code: int = 0) -> ExecResult:
    return ended({OUTCOMES: b"\n".join(json.dumps(line).encode() for line in lines)}, exit_code)


def test_the_steps_of_several_processes_are_numbered_on() -> None:
    makes = {**STEP_FORM, "do": "new"}
    uses = {**STEP_FORM, "args": [{"list": [{"step": 0}]}]}
    seen = read_recorded(report({**LINE, "steps": [makes, uses]}, {**LINE, "steps": [makes, uses]}), "tests", EDITS)
    assert [sorted(step.uses) for step in seen.steps] == [[], [0], [], [2]]
    assert seen.calls["a.py:f"] == Calls(count=2, digest=30, results=28)
    assert seen.coverage == 0.5


@pytest.mark.parametrize(
    "change",
    [
        {"seconds": "1"}, {"seconds": float("nan")}, {"paths": [1]}, {"argv": None}, {"functions": []}, {"steps": None},
        {"functions": {"b.py:g": FACTS}}, {"functions": {"a.py:f": {**FACTS, "calls": -1}}},
        {"functions": {"a.py:f": {**FACTS, "digest": "x"}}}, {"functions": {"a.py:f": {**FACTS, "results": 7}}}, {"functions": {"a.py:f": {**FACTS, "left_out": {"a": "b"}}}},
        {"steps": [{**STEP_FORM, "do": "evil"}]}, {"steps": [{**STEP_FORM, "args": [{"evil": 1}]}]},
        {"steps": [{**STEP_FORM, "args": [[1]]}]}, {"steps": [{**STEP_FORM, "args": [{"step": 5}]}]},
        {"seconds": 10**400}, {"functions": {"a.py:f": {**FACTS, "left_out": {"x": 10**4000}}}},
        {"functions": {"a.py:f": {**FACTS, "calls": 10**400}}},
        {"steps": [{**STEP_FORM, "args": [{"pickle": "", "type": "t", "text": "t", "holds": 5}]}]},
        {"steps": [{**STEP_FORM, "args": [NESTED]}]},
        {"steps": [{**STEP_FORM, "kwargs": [["a"]]}]}, {"steps": [{**STEP_FORM, "args": [{"dict": [[1]]}]}]},
    ],
)  # fmt: skip
def test_a_report_of_another_form_is_malformed(change: Mapping[str, Any]) -> None:
    with pytest.raises(MalformedError):
        read_recorded(report({**LINE, **change}), "tests", EDITS)


@given(JSON)
def test_any_report_is_read_or_malformed(value: Any) -> None:
    for result in (report(value), report({**LINE, "steps": [value]}), report({**LINE, "functions": {"a.py:f": value}})):
        try:
            read_recorded(result, "tests", EDITS)
        except MalformedError:
            continue


def replaced(value: Any, draw: st.DrawFn) -> Any:
    """`value` with something else at one place of it."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: replaced(value[key], draw)}
    if isinstance(value, list) and value and draw(st.booleans()):
        return [replaced(value[0], draw), *value[1:]]
    return draw(JSON | st.integers(10**300, 10**401))


@st.composite
def mutations(draw: st.DrawFn, good: Any) -> Any:
    return replaced(good, draw)


@given(mutations(LINE), mutations(OUTCOME))
def test_a_report_with_one_change_is_read_or_refused(line: Any, outcome: Any) -> None:
    with suppress(MalformedError):
        read_recorded(report(line), "tests", EDITS)
    with suppress(MalformedError):
        read_recorded(report(line), "tests", EDITS, "count")
    with suppress(ReplayFailedError):
        read_outcomes(outcomes(outcome), [STEP])


def test_where_calls_are_only_counted_steps_are_not_looked_at() -> None:
    assert read_recorded(report({**LINE, "steps": 5}), "tests", EDITS, "count").steps == ()


@pytest.mark.parametrize("data", [b"\xff\xfe", b"[" * 100_000, b"{}x", b"1" * 5000, b'{"step": 1e999}'])
def test_bytes_that_are_no_report_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read_recorded(ended({REPORT: data}), "tests", EDITS)
    with pytest.raises(ReplayFailedError):
        read_outcomes(ended({OUTCOMES: data}), [STEP])


def test_outcomes_are_read() -> None:
    (seen,) = read_outcomes(outcomes(OUTCOME), [STEP])
    assert (seen.ends, seen.value, seen.arguments, seen.text) == (Ends.RETURNS, "ab", ("cd",), "1")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "ended while it replayed a.py:f: it just exits"),
        ([OUTCOME, OUTCOME], "forged or damaged"),
        ([OUTCOME, {**OUTCOME, "step": 1}], "too many lines"),
        ([{**OUTCOME, "step": 1}], "another step"),
        ([{**OUTCOME, "step": False}], "another step"),
        ([{**OUTCOME, "ends": "wins"}], "an end that there is not"),
        ([{**OUTCOME, "value": 3}], "not a text"),
        ([{**OUTCOME, "arguments": "cd"}], "not a list"),
        ([{**OUTCOME, "seconds": "fast"}], "not a time"),
        (["passed"], "not an object"),
    ],
)
def test_missing_extra_and_odd_lines_are_failures(lines: list[Any], reason: str) -> None:
    with pytest.raises(ReplayFailedError, match=reason):
        read_outcomes(outcomes(*lines), [STEP])


def test_a_process_that_reports_all_and_then_fails_has_failed() -> None:
    with pytest.raises(ReplayFailedError, match="exit code 3"):
        read_outcomes(outcomes(OUTCOME, exit_code=3), [STEP])
    with pytest.raises(ReplayFailedError):
        ended_of(outcomes({"ended": 5}, exit_code=3))
    assert ended_of(outcomes({"ended": 5})) == 5


RETURNED = Outcome(ends=Ends.RETURNS, value="a", arguments=("b", "c"), text="1")
RAISED = Outcome(ends=Ends.RAISES, value="a", exception="builtins.KeyError", explicit=True, text="KeyError('x')")


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (RETURNED, RETURNED, ""),
        (RETURNED, replace(RETURNED, value="b", text="2"), "returned 1 and now returns 2"),
        (RETURNED, RAISED, "returned 1 and now raises KeyError('x')"),
        (RETURNED, replace(RETURNED, arguments=("b", "d")), "left argument 2 in another state"),
        (RETURNED, replace(RETURNED, arguments=("b",)), "left argument 2 in another state"),
        (RETURNED, replace(RETURNED, printed="x"), "printed something else"),
        (RETURNED, replace(RETURNED, again="x"), "did something else in a second call"),
        (RETURNED, Outcome(ends=Ends.SKIPPED, text="gone"), "returned 1 and now can't be called"),
        (RETURNED, Outcome(ends=Ends.TOO_SLOW), "returned 1 and now takes too long"),
        (RAISED, replace(RAISED, value="b", text="KeyError('y')"), "raised KeyError('x') and now raises KeyError('y')"),
        (RAISED, replace(RAISED, exception="builtins.LookupError"), "raised KeyError('x') and now raises"),
        (RAISED, replace(RAISED, value="b", explicit=False), ""),
        (replace(RAISED, explicit=False), replace(RAISED, value="b", explicit=False), ""),
    ],
)
def test_what_differs_is_told(before: Outcome, after: Outcome, what: str) -> None:
    found = compare([before], [after])
    assert [each.what.startswith(what) for each in found] == ([True] if what else [])


def test_a_call_is_described_as_one_would_type_it() -> None:
    made = Step(
        do="new", function="a.py:Thing.__init__", module="a", args=({"list": [1, "x"]},), kwargs=(), caller=("b", "c")
    )
    trees = (
        {"step": 0}, {"tuple": [1]}, {"float": "nan"}, {"bytes": "YQ=="}, {"dict": [[1, {"set": []}]]}, {"ref": 0},
        {"global": "builtins:len"}, {"pickle": "", "type": "a.B", "text": "B(1)"}, {"frozenset": [1]},
    )  # fmt: skip
    call = replace(STEP, args=trees, kwargs=(("key", None),))
    assert describe(call, [made]) == (
        "f(Thing([1, 'x']), (1,), float('nan'), b'a', {1: set()}, <the same object again>, len, B(1), frozenset({1}), key=None)"
    )


def test_a_description_is_short_and_safe_to_print() -> None:
    seen = describe(replace(STEP, args=("\x1b[31m" + "x" * 1000,)))
    assert len(seen) == 300
    assert seen.isprintable()
