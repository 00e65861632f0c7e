from agent.minimising.clumps import clumps
from agent.minimising.parts import parts_of
from core import patch as patches

BEFORE = "import a\nimport b\n\n\ndef f(rows):\n    total = 0\n    x = 1\n    for r in rows:\n        total += r\n    return total\n"


def groups(after: str, before: str = BEFORE) -> list[list[int]]:
    sources = {"code.py": before}
    return clumps(parts_of(patches.diff(sources, {"code.py": after}), sources), sources)


def test_the_pieces_of_a_renaming_belong_together() -> None:
    assert groups(BEFORE.replace("total", "amount")) == [[0, 1]]


def test_both_ends_of_a_moved_line_belong_together() -> None:
    assert groups("import b\nimport a\n" + BEFORE.removeprefix("import a\nimport b\n")) == [[0, 1]]


def test_changes_that_share_nothing_new_stand_alone() -> None:
    assert groups(BEFORE.replace("x = 1", "x = 2").replace("total = 0", "total = 0.0")) == [[0]]
    assert groups(BEFORE.replace("import a\n", "import abc\n").replace("return total", "return +total")) == [[0], [1]]


def test_words_of_comments_and_texts_tie_nothing() -> None:
    after = BEFORE.replace("import a\n", "import a  # faster\n").replace("return total", "return total  # faster")
    assert groups(after) == [[0], [1]]
