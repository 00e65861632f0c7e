import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.proposers.edits import Answer, Edit, EditError, read
from agent.proposers.revision import patch_of
from core import patch as patches
from tests.agent.proposers.words import GOOD_EDIT, PATH, SLOW, a_brief

FASTER = SLOW.replace("    found = []\n", "    found = []\n    wanted = set(wanted)\n").replace(
    "list(wanted)", "wanted"
)


def block(search: str, replace: str, path: str = PATH) -> str:
    return f"{path}\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n"


def applied(answer: str, sources: dict[str, str] | None = None) -> dict[str, str | None]:
    brief = a_brief(sources=sources)
    return patches.apply(patch_of(read(answer).edits, brief), brief.baseline_sources)


@pytest.mark.parametrize(
    "answer",
    [
        GOOD_EDIT,
        GOOD_EDIT.replace("\n", "\r\n"),
        GOOD_EDIT.replace(PATH, f"`{PATH}`"),
        GOOD_EDIT.replace(PATH, f"**File: {PATH}**"),
        GOOD_EDIT.replace(PATH, f"### {PATH}"),
        GOOD_EDIT.replace(PATH, f"./{PATH}"),
        GOOD_EDIT.replace(PATH, f"/home/me/project/{PATH}"),
        GOOD_EDIT.replace(PATH, f"../{PATH}"),
        GOOD_EDIT.replace(PATH, "words.py"),
        GOOD_EDIT.replace(f"{PATH}\n", ""),
        GOOD_EDIT.replace(f"{PATH}\n", f"{PATH}\n```python\n") + "```\n",
        GOOD_EDIT.replace(f"{PATH}\n", f"```python\n{PATH}\n") + "```\n",
        "<think>\n" + GOOD_EDIT.replace("wanted = set", "wanted = dict") + "</think>\n" + GOOD_EDIT,
        GOOD_EDIT.replace("list(wanted):\n", "list(wanted):   \n"),
        GOOD_EDIT.replace("\n    ", "\n"),
        GOOD_EDIT.replace("\n    ", "\n        "),
        GOOD_EDIT.replace("SEARCH\n", "SEARCH\n\n").replace("=======\n", "=======\n\n"),
    ],
)
def test_an_edit_is_understood_in_many_forms(answer: str) -> None:
    assert applied(answer) == {PATH: FASTER}


def test_line_ends_of_the_file_are_kept() -> None:
    assert applied(GOOD_EDIT, {PATH: SLOW.replace("\n", "\r\n")}) == {PATH: FASTER.replace("\n", "\r\n")}


def test_a_file_without_a_last_line_end_keeps_it_so() -> None:
    assert applied(block("b = 2\n", "b = 3\n"), {PATH: "a = 1\nb = 2"}) == {PATH: "a = 1\nb = 3"}


def test_an_empty_search_creates_a_file_within_the_editable_globs() -> None:
    assert applied(block("", "x = 1\n", "src/new.py")) == {"src/new.py": "x = 1\n"}


@pytest.mark.parametrize("path", ["tests/new.py", "/src/new.py", "src/../../new.py", "src/./new.py"])
def test_no_file_is_created_elsewhere(path: str) -> None:
    with pytest.raises(EditError, match=r"not among the editable files: src/other\.py, src/words\.py"):
        applied(block("", "x = 1\n", path))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("I would not change anything.", "holds no edit: I would not"),
        ("", "it is empty"),
        (block("nowhere\n", ""), r"block 1 \(src/words.py\).*do not occur"),
        (GOOD_EDIT + block("\n", "\n\n"), r"block 2 .*occur 5 times \(lines 2, "),
        (block("import sys\n", "import sys\n"), "change nothing"),
        (block("import sys\n", "import\n"), "no valid Python"),
        (block("", "x = 1\n"), "the file exists"),
        (block("import sys\n", "", "tests/test_words.py"), "'tests/test_words.py', which is not among"),
        (block("nowhere\n", "").replace(PATH, ""), "no line with the path"),
        (GOOD_EDIT.replace(">>>>>>> REPLACE", ""), "no >>>>>>> REPLACE line"),
        (GOOD_EDIT.replace("=======\n", ""), "exactly one ======= line, but has 0"),
        ('{"edits": [{"path": "src/words.py"}]}', 'must have the texts "path"'),
        ('{"edits": 3}', 'no list "edits"'),
        ('{"rationale": "cut", "edits": [{"path": "src/wo', "holds no edit"),
    ],
)
def test_an_edit_that_does_not_apply_says_why(answer: str, words: str) -> None:
    with pytest.raises(EditError, match=words):
        applied(answer)


def test_json_edits_are_read_too() -> None:
    answer = '```json\n{"rationale": "why", "edits": [{"path": "src/words.py", "search": "import sys", "replace": "import re"}]}\n```'
    assert read(answer).rationale == "why"
    assert applied(answer) == {PATH: SLOW.replace("import sys", "import re")}


def test_the_patch_is_against_the_runs_revision_also_on_top_of_a_parent() -> None:
    brief = a_brief()
    on_top = type(brief)(
        **{**vars(brief), "baseline_sources": {PATH: SLOW.replace("sys", "os"), "src/gone.py": "y = 2\n"}}
    )
    patch = patch_of(read(GOOD_EDIT).edits, on_top)
    made = patches.apply(patch, on_top.baseline_sources)
    assert made == {PATH: FASTER, "src/gone.py": None, "src/other.py": "VALUE = 1\n"}


@given(st.text(alphabet=st.sampled_from("<=>SEARCHREPLACE \n\r`{}[]\"':,.abc/\\"), max_size=200))
def test_no_answer_raises_anything_but_its_own_error(answer: str) -> None:
    with contextlib.suppress(EditError):
        applied(answer)


PIECES = (
    "<<<<<<< SEARCH\n",
    "=======\n",
    ">>>>>>> REPLACE\n",
    f"{PATH}\n",
    "import sys\n",
    "```\n",
    "\n",
    '{"edits":[',
    "x",
)


@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_no_arrangement_of_markers_raises_anything_but_its_own_error(pieces: list[str]) -> None:
    with contextlib.suppress(EditError):
        applied("".join(pieces))


LINES = st.lists(st.from_regex(r"[ ]{0,8}[a-z_=+() ]{0,12}[a-z()]", fullmatch=True), min_size=1, max_size=5)


@given(LINES, LINES)
def test_what_is_written_as_a_block_is_read_back(search: list[str], replace: list[str]) -> None:
    written = block("".join(f"{line}\n" for line in search), "".join(f"{line}\n" for line in replace))
    expected = Edit(path=PATH, search=tuple(search), replace=tuple(replace))
    assert read(f"Why.\n\n{written}") == Answer(rationale="Why.", edits=(expected,))


@given(LINES, st.data())
def test_a_replaced_line_is_the_only_one_that_changes(lines: list[str], data: st.DataObject) -> None:
    unique = [f"{line}_{index}" for index, line in enumerate(lines)]
    at = data.draw(st.integers(0, len(unique) - 1))
    sources = {"src/notes.txt": "\n".join(unique)}
    new = [*unique[:at], "new", *unique[at + 1 :]]
    made = applied(block(f"{unique[at]}\n", "new\n", "src/notes.txt"), sources)
    assert made == {"src/notes.txt": "\n".join(new)}
