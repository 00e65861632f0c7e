"""Answers that a strong model gave to our prompts: what it writes is what the parser understands."""

from pathlib import Path

import pytest

from agent.proposers import directions, edits

REHEARSALS = Path(__file__).parents[2] / "fixtures" / "rehearsals"


def answers(kind: str) -> list[Path]:
    return sorted(REHEARSALS.glob(f"*/{kind}/*.txt"))


def test_four_libraries_were_rehearsed() -> None:
    assert len({path.parent.parent for path in answers("edits")}) == 4


@pytest.mark.parametrize("path", answers("edits"), ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_an_edit_is_read_with_its_rationale(path: Path) -> None:
    read = edits.read(path.read_text())
    assert read.rationale
    assert all(edit.path.endswith(".py") for edit in read.edits)
    assert all(edit.search and edit.search != edit.replace for edit in read.edits)


@pytest.mark.parametrize("path", answers("directions"), ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_directions_are_read_one_by_one(path: Path) -> None:
    assert len(directions.read(path.read_text(), most=3, used=())) == 3
