"""A patch as two texts beside each other."""

from core import patch as patches
from webui.charts.sides import sides
from worker.report.patches import MOST_LINES


def changed(lines: int) -> str:
    before, after = ("".join(f"{word} {at}\n" for at in range(lines)) for word in ("old", "new"))
    return patches.diff({"a.py": before}, {"a.py": after})


def test_both_sides_say_when_a_file_is_cut() -> None:
    (cut,) = sides(changed(MOST_LINES))
    for side in (cut.before, cut.after):
        assert "the first 1,200 lines are shown" in side.split("\n")[-1]


def test_a_file_that_is_shown_whole_says_nothing_of_a_cut() -> None:
    (whole,) = sides(changed(MOST_LINES - 1))
    assert whole.before.split("\n")[-1] == f"- old {MOST_LINES - 2}"
    assert whole.after.split("\n")[-1] == f"+ new {MOST_LINES - 2}"
