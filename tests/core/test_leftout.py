import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import patch as patches
from core.leftout import LeftOut, in_words, left_out

BEFORE = {"a.py": "".join(f"x{number} = {number}\n" for number in range(1, 31)), "b.txt": "one\ntwo\nthree\n"}


def changed(*edits: tuple[str, str], path: str = "a.py") -> str:
    """The patch that replaces text in one file."""
    text = BEFORE[path]
    for old, new in edits:
        text = text.replace(old, new)
    return patches.diff(BEFORE, {path: text})


def test_a_change_that_is_gone_is_told_with_its_lines() -> None:
    larger, smaller = changed(("x3 = 3\n", "x3 = 4\n"), ("x20 = 20\nx21 = 21\n", "")), changed(("x3 = 3\n", "x3 = 4\n"))
    gone = LeftOut(path="a.py", first=20, last=21, removed=2, added=0, whole=True, formatting=False)
    assert left_out(larger, smaller) == (gone,)
    assert in_words(larger, smaller) == "1 of 2 changes (a.py: lines 20–21)"


def test_lines_within_a_change_that_stays_are_told_apart() -> None:
    larger, smaller = changed(("x3 = 3\n", "spare = 1\nx3 = 4\n")), changed(("x3 = 3\n", "x3 = 4\n"))
    assert in_words(larger, smaller) == "1 line of other changes (a.py: line 3)"


@pytest.mark.parametrize("new", ["x7=7\n", "# seven\nx7 = 7\n", "\nx7 = 7\n", "x7 = \t7\n"])
def test_formatting_is_told_as_such(new: str) -> None:
    larger, smaller = changed(("x3 = 3\n", "x3 = 4\n"), ("x7 = 7\n", new)), changed(("x3 = 3\n", "x3 = 4\n"))
    assert in_words(larger, smaller).startswith("formatting (a.py: line")


def test_files_are_told_apart() -> None:
    both = patches.diff(BEFORE, {"a.py": BEFORE["a.py"].replace("x3 = 3", "x3 = 4"), "b.txt": "one\nthree\n"})
    assert in_words(both, changed(("one", "1"), path="b.txt")) == "2 of 2 changes (a.py: line 3; b.txt: line 2)"


def test_nothing_is_left_out_of_the_same_patch() -> None:
    assert left_out(changed(("x3", "y3")), changed(("x3", "y3"))) == ()
    assert in_words(changed(("x3", "y3")), changed(("x3", "y3"))) == ""


@given(st.sets(st.integers(1, 30), min_size=1), st.data())
def test_what_is_kept_and_what_is_left_out_are_the_whole(numbers: set[int], data: st.DataObject) -> None:
    kept = data.draw(st.sets(st.sampled_from(sorted(numbers))))

    def patch(chosen: set[int]) -> str:
        return changed(*((f"x{number} = {number}\n", f"y{number} = 0\n") for number in sorted(chosen)))

    found = left_out(patch(numbers), patch(kept))
    assert sum(each.removed for each in found) == sum(each.added for each in found) == len(numbers - kept)
