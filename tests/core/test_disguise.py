"""What a patch may not hide from its reader. Every attack is the text of a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import patch as patches
from core.disguise import disguises

BEFORE = "def total(values):\n    result = 0\n    return sum(values)\n"


def hidden(after: str, *, before: str = BEFORE, path: str = "a.py") -> str:
    """What is found in the patch from `before` to `after`."""
    patch = patches.diff({path: before}, {path: after})
    return (
        "\n".join(found for change in patches.read(patch) for found in disguises(change, before, after))
        if patch
        else ""
    )


@pytest.mark.parametrize(
    ("added", "what"),
    [
        ("    # \u202e } \u2066if admin\u2069 \u2066 begin\n", "U+202E"),
        ("    if user != 'root\u2066':\n", "U+2066"),
        ("    x\u200b = 1\n", "U+200B"),
        ("    x\u3164 = 1\n", "U+3164"),
        ("    s = 'a\0b'\n", "U+0000"),
        ("\f    x = 1\n", "U+000C"),
        ("    # a comment\r    import os; os._exit(0)\n", "end of the line"),
        ("    # a comment\u2028    x = 1\n", "U+2028"),
        ("    \x1b[2Kx = 1\n", "U+001B"),
        ("    s = '\udcff'\n", "no valid UTF-8"),
        ("    s = '\ufeff'\n", "U+FEFF"),
        ("    s = 'x\U000e0101'\n", "U+E0101"),
    ],
)
def test_characters_that_act_or_hide_are_found_with_their_line(added: str, what: str) -> None:
    found = hidden(BEFORE + added)
    assert what in found
    assert "line 4" in found


def test_what_the_original_has_already_may_stay_and_move() -> None:
    before = "a = '\u202e'\n\fb = 1\r\nc = '\u200d'\n"
    assert hidden("c = '\u200d'\na = '\u202e'\n\fb = 2\r\n", before=before) == ""


def test_line_ends_of_another_kind_are_no_disguise() -> None:
    assert hidden(BEFORE.replace("\n", "\r\n")) == ""


@pytest.mark.parametrize(
    "cookie", ["# coding: utf-7\n", "#!/usr/bin/python\n# -*- coding: rot13 -*-\n", "\f#vim:fileencoding=cp037\n"]
)
def test_another_encoding_of_the_source_is_found(cookie: str) -> None:
    assert "declares the encoding" in hidden(cookie + BEFORE)


def test_the_encoding_that_a_file_has_may_stay_and_utf_8_may_be_said() -> None:
    latin = "# coding: latin-1\n" + BEFORE
    assert hidden(latin + "x = 1\n", before=latin) == ""
    assert hidden("# -*- coding: utf-8 -*-\n" + BEFORE) == ""
    assert hidden("x = 1\ny = 2\n# coding: utf-7\n") == ""


@pytest.mark.parametrize(
    "line",
    ["    result = vаlues\n", "    return ｓum(values)\n", "    os.ｓystem('x')\n", "    os .ѕystem('x')\n", "    𝐫esult = 1\n", "    ⅼen(values)\n", "    vаlues = result  # и ещё\n"],
)  # fmt: skip
def test_names_that_look_like_another_are_found(line: str) -> None:
    assert "looks like" in hidden(BEFORE + line)


@pytest.mark.parametrize(
    "line",
    ["    Δt = 1\n", "    naïve = 1\n", "    # сортируем а потом с конца\n", "    λ = 'größer'\n", "    名前 = 'ＡＢＣ'\n", "    s = '⚠️'\n"],
)  # fmt: skip
def test_honest_letters_of_other_alphabets_are_let_be(line: str) -> None:
    assert hidden(BEFORE + line) == ""


def test_a_name_that_the_file_has_already_is_no_disguise() -> None:
    assert hidden("result = 1\nvаlues = 2\nvalues = vаlues\n", before="vаlues = 1\nvalues = 2\n") == ""


@given(before=st.text(max_size=60), after=st.text(max_size=60))
def test_no_text_makes_it_fail_and_taking_away_is_never_a_disguise(before: str, after: str) -> None:
    hidden(after, before=before)
    assert hidden("", before=before) == ""
