import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.execution import Output
from core.output import OutputForm, OutputRule, difference, flaw

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


def differs(rule: str, expected: str, seen: str) -> str | None:
    return difference(OutputRule.parse(rule), Output.of(expected.encode()), Output.of(seen.encode()))


@pytest.mark.parametrize(
    "text", ["exact", "ignore", "json", "lines", "json:1e-09", "floats:1e-09", "floats:1e-09,1e-12"]
)
def test_a_rule_is_written_as_it_is_read(text: str) -> None:
    assert str(OutputRule.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "jsn", "floats", "floats:", "floats:x", "floats:-1", "floats:1", "json:nan", "exact:1e-9", "json:1e-9,,"],
)
def test_a_rule_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"use one of|tolerance|floats may differ"):
        OutputRule.parse(text)


def test_exact_means_every_byte_and_shows_the_first_line_that_differs() -> None:
    assert differs("exact", "one\ntwo\n", "one\ntwo\n") is None
    assert differs("exact", "one\ntwo\n", "one\nzwei\n") == "line 2 was 'two' and is 'zwei'"
    assert differs("exact", "one\n", "one\ntwo\n") == "it had 1 lines and has 2"
    assert differs("exact", "one\n", "one") is not None


def test_ignored_output_never_differs() -> None:
    assert differs("ignore", "one", "two") is None


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        ('{"a": 1, "b": [1.0, null]}', '{\n  "b": [1.0, null],\n  "a": 1\n}\n'),
        ("NaN", " NaN"),
        ('{"a": 1}\n{"b": 2}\n', '{"a":1}\n\n{"b":2}'),
        ("1.50", "1.5"),
        ('"\\u00e9"', '"é"'),
    ],
)
def test_json_is_compared_by_value(expected: str, seen: str) -> None:
    assert differs("json", expected, seen) is None


@pytest.mark.parametrize(
    ("expected", "seen", "what"),
    [
        ('{"a": [1, 2]}', '{"a": [1, 3]}', "$.a[1] was 2 and is 3"),
        ("1", "1.0", "$ was 1 and is 1.0"),
        ("1", "true", "$ was 1 and is true"),
        ('{"a": 1}', "{}", "$.a was 1 and is gone"),
        ("{}", '{"a": 1}', "$.a is new: 1"),
        ("[1, 2]", "[2, 1, 3]", "$ had 2 items and has 3"),
        ("[NaN]", "[1.0]", "$[0] was NaN and is 1.0"),
        ("1.0", "1.0000000001", "$ was 1.0 and is 1.0000000001"),
        ("{}", "{} x", "it is no JSON"),
        ("{}", "", "it is no JSON"),
        ('{"a": 1}', '{"a": 2, "a": 1}', "it is no JSON"),
        ("[]", "[" * 100_000, "it is no JSON"),
    ],
)
def test_the_first_difference_of_json_is_named_by_its_path(expected: str, seen: str, what: str) -> None:
    assert differs("json", expected, seen) == what


def test_json_that_is_nested_deeply_is_compared_or_refused_but_ends() -> None:
    deep = "[" * 900 + "{}" + "]" * 900
    assert differs("json", deep, deep.replace("{}", '{"a": 1}')) is not None


@given(VALUES)
def test_a_json_value_equals_itself_however_it_is_written(value: object) -> None:
    assert differs("json", json.dumps(value), json.dumps(value, indent=1, ensure_ascii=False)) is None


def test_a_tolerance_is_for_floats_of_json_and_not_for_integers() -> None:
    assert differs("json:1e-9", "[1.0, Infinity]", "[1.0000000001, Infinity]") is None
    assert differs("json:1e-9", "[1.0]", "[1.00001]") == "$[0] was 1.0 and is 1.00001"
    assert differs("json:1e-9", "1000000000000", "1000000000001") == "$ was 1000000000000 and is 1000000000001"


def test_lines_may_come_in_any_order_but_as_often_as_before() -> None:
    assert differs("lines", "a\nb\nb\n", "b\na\nb\n") is None
    assert differs("lines", "a\nb\nb\n", "b\na\n") == "the line 'b' was there 2 times and is there once"
    assert differs("lines", "a\n", "a\nc\n") == "the line 'c' was there never and is there once"


@given(st.permutations(["a", "b", "b", ""]))
def test_every_order_of_the_same_lines_is_the_same(lines: list[str]) -> None:
    assert differs("lines", "a\nb\nb\n\n", "".join(f"{line}\n" for line in lines)) is None


def test_numbers_in_a_text_may_differ_by_the_tolerance_and_the_text_around_them_may_not() -> None:
    assert differs("floats:1e-9", "sum = 1.5e3 of 7\n", "sum = 1500.0000001 of 7\n") is None
    assert differs("floats:1e-9", "sum = 1.5\n", "sum = 1.6\n") == "line 1 was 'sum = 1.5' and is 'sum = 1.6'"
    assert differs("floats:1e-9", "sum = 1.5\n", "Sum = 1.5\n") is not None
    assert differs("floats:1e-9", "1.5\n", "1.5\n2.5\n") == "it had 1 lines and has 2"
    assert differs("floats:1e-9", "x nan", "x inf") is not None


def test_whole_numbers_in_a_text_are_counts() -> None:
    assert differs("floats:0.1", "1000 items", "1001 items") is not None


def test_an_absolute_tolerance_is_for_numbers_near_zero() -> None:
    assert differs("floats:1e-9", "0.0", "1e-17") is not None
    assert differs("floats:1e-9,1e-12", "0.0", "-1e-17") is None


@given(st.floats(allow_nan=False), st.text(max_size=20))
def test_a_number_is_close_to_itself_in_whatever_text(number: float, text: str) -> None:
    line = f"{text}{number!r}{text}"
    assert differs("floats:1e-9", line, line + " ") is not None or math.isinf(number)
    assert differs("floats:1e-9", line, line) is None


@given(st.sampled_from(["json", "lines", "floats:1e-9", "json:1e-3"]), st.binary(max_size=60), st.binary(max_size=60))
def test_no_output_is_too_strange_to_be_compared(rule: str, expected: bytes, seen: bytes) -> None:
    difference(OutputRule.parse(rule), Output.of(expected), Output.of(seen))


def test_an_output_that_was_not_kept_whole_is_compared_byte_by_byte_only() -> None:
    long = Output(data=b"[1,\n...\n2]", size=10_000_000, sha256="0" * 64)
    other = Output(data=b"[1,\n...\n2]", size=10_000_001, sha256="1" * 64)
    assert difference(OutputRule(form=OutputForm.JSON), long, long) is None
    assert "too long to be compared as json" in (difference(OutputRule(form=OutputForm.JSON), long, other) or "")
    assert "not in the part that was kept" in (difference(OutputRule(), long, other) or "")
    assert "too long" in flaw(OutputRule(form=OutputForm.JSON), long)


def test_an_output_that_is_no_json_is_known_before_any_candidate_is_tried() -> None:
    assert flaw(OutputRule(form=OutputForm.JSON), Output.of(b"took 3 s\n")) != ""
    assert flaw(OutputRule(form=OutputForm.JSON), Output.of(b"null\n")) == ""
    assert flaw(OutputRule(form=OutputForm.LINES), Output.of(b"took 3 s\n")) == ""


@pytest.mark.parametrize("form", [form for form in OutputForm if form is not OutputForm.FLOATS])
def test_every_rule_says_what_it_asks(form: OutputForm) -> None:
    assert OutputRule(form=form).meaning
    assert OutputRule.parse("floats:1e-9,1e-12").meaning.endswith("by 1e-09 of their size; floats may differ by 1e-12")
