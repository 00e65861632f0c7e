import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.minimising import programs as asked
from agent.minimising.programs import INVALID, Program, programs
from core.execution import Command, ExecResult, Output
from tests.fakes.sandbox import SOURCE, FakeSandbox


def ask(*texts: str) -> list[Program]:
    found = programs(FakeSandbox(files={"code.py": SOURCE}, noise=random.Random(0), sd=0), texts, statements=True)
    assert found is not None
    return found


class Lying(FakeSandbox):
    """Answers what it was given."""

    def __init__(self, answer: bytes, *, sources: str = SOURCE) -> None:
        super().__init__(files={"code.py": sources}, noise=random.Random(0), sd=0)
        self.answer = answer

    def run(self, command: Command) -> ExecResult:
        result = super().run(command)
        return ExecResult(**{**vars(result), "stdout": Output.of(self.answer)})


@pytest.mark.parametrize(
    "other",
    ["x = (1 +\n     2)\n", "x = 1 + 2  # three\n", "\n\nx = 1+2\n"],
)
def test_what_differs_for_the_eye_only_is_the_same_program(other: str) -> None:
    one, two = ask("x = 1 + 2\n", other)
    assert one.digest == two.digest


def test_what_means_something_else_is_another_program() -> None:
    plain, *others = ask(
        "def f():\n    return 1\n", 'def f():\n    "doc"\n    return 1\n', "def f():\n    return 1.0\n"
    )
    assert plain.digest not in {other.digest for other in others}


@pytest.mark.parametrize("text", ["x = (", "\ud800", "\0", "(" * 10_000, "# coding: nonsense\n"])
def test_what_is_no_python_is_invalid(text: str) -> None:
    assert ask(text) == [INVALID]


def test_a_name_that_nothing_binds_is_told() -> None:
    text = (
        "import os.path as p, sys\nfrom a import b as c\n\n\ndef f(x, *y, z=len, **k):\n    with p as q:\n"
        "        global g\n        return [i for i in x if (w := i)] + y + z + k + q + w + g + sys + c + missing\n"
        "\n\ntry:\n    class A(f): B = __name__\nexcept ValueError as e:\n    print(e, A)\nmatch f:\n"
        "    case {'a': [*s], **r}:\n        f(s, r, other=t)\n"
    )
    assert ask(text)[0].unbound == {"missing", "t"}


def test_a_star_import_may_bind_anything() -> None:
    assert ask("from a import *\nprint(b)\n")[0].unbound == frozenset()


def test_statements_are_told_by_their_lines_with_decorators() -> None:
    assert ask("x = 1\n@f\ndef g():\n    return (\n        1\n    )\n")[0].statements == ((1, 1), (2, 6), (4, 6))


@given(
    st.recursive(
        st.none() | st.integers() | st.text() | st.floats(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["program", "unbound", "statements", "x"]), inner)
        ),
    )
)
def test_an_answer_of_another_form_is_none(answer: object) -> None:
    found = programs(Lying(json.dumps([answer]).encode()), ["x = 1"])
    assert found is None or all(isinstance(each, Program) for each in found)


@pytest.mark.parametrize("answer", [b"", b"\xff", b"[" * 100_000, b"{}", b"[null]", b"[1, 2]"])
def test_an_answer_that_is_cut_or_forged_is_none(answer: bytes) -> None:
    assert programs(Lying(answer), ["x = 1", "y = 1"]) is None


def test_a_question_that_is_too_long_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "MOST_BYTES", 10)
    assert programs(Lying(b"[]"), ["x = 1"]) is None
    assert programs(Lying(b"[]"), []) == []
