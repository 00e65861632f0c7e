"""A patch is a suggestion when all of it lies in lines that the pull request shows."""

from pathlib import Path

import pytest

from tests.worker.github.conftest import CHANGED
from tests.worker.github.repositories import OTHER, Origin, patch_of
from worker.github.checkout import Merge, merge_of
from worker.github.markdown import code, fenced
from worker.github.suggestions import Suggestion, suggestions_of

LOOP = "        for _ in range(40):\n"


@pytest.fixture
def merge(origin: Origin, checkout: Path) -> Merge:
    return merge_of(checkout, origin.merge)


def found(checkout: Path, merge: Merge, after: str) -> tuple[Suggestion, ...]:
    return suggestions_of(checkout, merge, patch_of("src/work.py", CHANGED, after))


def test_changed_deleted_and_new_lines(checkout: Path, merge: Merge) -> None:
    changed = found(checkout, merge, CHANGED.replace(LOOP, "        if True:\n"))
    assert changed == (Suggestion(path="src/work.py", first=5, last=5, text="        if True:\n"),)
    deleted = found(checkout, merge, CHANGED.replace("    result = 0\n", ""))
    assert deleted == (Suggestion(path="src/work.py", first=3, last=3, text=""),)
    added = found(checkout, merge, CHANGED.replace("    result = 0\n", "    result = 0\n    x = 1\n"))
    assert added == (Suggestion(path="src/work.py", first=3, last=3, text="    result = 0\n    x = 1\n"),)
    on_top = found(checkout, merge, "import math\n" + CHANGED)
    assert on_top == (Suggestion(path="src/work.py", first=1, last=1, text="import math\ndef total(numbers):\n"),)


def test_half_a_patch_is_no_suggestion(checkout: Path, merge: Merge) -> None:
    assert not found(
        checkout, merge, CHANGED.replace(LOOP, "        if True:\n").replace("return result", "return +result")
    )
    elsewhere = patch_of("src/other.py", OTHER, OTHER.replace("None", "1"))
    assert not suggestions_of(checkout, merge, elsewhere)


def test_what_a_comment_would_change_is_no_suggestion(checkout: Path, merge: Merge) -> None:
    for odd in ("        x = '\r'\n", "        x = '\udcff'\n"):
        assert not found(checkout, merge, CHANGED.replace(LOOP, odd))


def test_a_fence_is_longer_than_any_in_its_text() -> None:
    assert fenced("a\n````\n", "diff").startswith("`````diff\n")
    assert code("a``b") == "``` a``b ```"
    assert code("") == "–"
