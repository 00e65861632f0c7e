"""A patch to look at."""

from hypothesis import given
from hypothesis import strategies as st

from core import patch as patches
from tests.fakes.records import PATCH
from worker.report.patches import MOST_LINES, Line, files


def _text(line: Line) -> str:
    return "".join(span.text for span in line.spans)


def test_each_line_keeps_its_sign_and_its_words() -> None:
    (file,) = files(PATCH)

    assert (file.title, file.added, file.removed) == ("src/tally/core.py", 2, 1)
    assert [(line.sign, _text(line)) for line in file.lines if line.kind in {"added", "removed"}] == [
        ("+", "    wanted = frozenset(wanted)"),
        ("-", "        if key in list(wanted):"),
        ("+", "        if key in wanted:"),
    ]


def test_words_of_the_language_are_coloured() -> None:
    (file,) = files(PATCH)

    styles = {span.text: span.style for line in file.lines for span in line.spans}
    assert styles["def"].startswith("k")
    assert styles["tally"] == "nf"
    assert styles['"""Count the rows of each wanted key."""'].startswith("s")


def _styles(before: str, after: str, word: str) -> set[str]:
    """How `word` is coloured in the patch from one text to the other."""
    (file,) = files(patches.diff({"a.py": before}, {"a.py": after}))
    return {span.style for line in file.lines for span in line.spans if word in span.text}


def test_code_below_a_docstring_that_begins_above_the_hunk_is_no_text() -> None:
    above = 'def f():\n    """One.\n' + "    more\n" * 9 + '    """\n    offset = 1\n'
    assert _styles(f"{above}    return g(1)\n", f"{above}    return g(2)\n", "return") == {"k"}
    assert _styles(f"{above}    return g(1)\n", f"{above}    return g(2)\n", "more") <= {"s", "sd", "s2"}
    query = 'def f():\n    execute(\n        """\n    select\n    """\n    )\n'
    assert _styles(f"{query}    return g(1)\n", f"{query}    return g(2)\n", "return") == {"k"}
    whole = 'def f():\n    """\n    One.\n    """\n'
    assert _styles(f"{whole}    return g(1)\n", f"{whole}    return g(2)\n", "return") == {"k"}


def test_new_and_deleted_files_say_so() -> None:
    patch = patches.diff({"old.txt": "x\n"}, {"old.txt": None, "new.txt": "y\n"})

    assert [file.title for file in files(patch)] == ["new.txt (new file)", "old.txt (deleted)"]


def test_a_patch_that_cannot_be_read_is_shown_as_it_is() -> None:
    (file,) = files("no\npatch\x1b[31m")

    assert [(line.kind, _text(line)) for line in file.lines] == [("raw", "no"), ("raw", "patch␛[31m")]


def test_no_patch_has_no_files() -> None:
    assert files(" \n") == ()


def test_a_long_patch_is_cut_and_says_by_how_much() -> None:
    (file,) = files(patches.diff({}, {"a.py": "x = 1\n" * 5000}))

    assert len(file.lines) == MOST_LINES + 1
    assert _text(file.lines[-1]) == f"… {5001 - MOST_LINES:,d} more lines"


@given(
    st.text(st.characters(exclude_categories=()), max_size=200),
    st.text(st.characters(exclude_categories=()), max_size=200),
)
def test_every_line_of_any_patch_is_shown(before: str, after: str) -> None:
    patch = patches.diff({"a.py": before}, {"a.py": after})
    read = patches.read(patch) if patch else ()

    shown = [line for file in files(patch) for line in file.lines if line.kind != "place"]

    assert "".join(line.sign for line in shown) == "".join(
        line[0] for change in read for hunk in change.hunks for line in hunk.lines
    )
    assert all(character.isprintable() or character.isspace() for line in shown for character in _text(line))
