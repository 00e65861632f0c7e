from pathlib import Path

import pytest

from sandbox.applying import may_edit


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("x = 1\n")
    (tmp_path / "src" / "data.py").write_bytes(b"\0")
    (tmp_path / "src" / "big.py").write_text("x" * (1 << 21))
    (tmp_path / "src" / "link.py").symlink_to("a.py")
    (tmp_path / "src" / "folder").symlink_to(".")
    (tmp_path / "src" / "dir.py").mkdir()
    return tmp_path


@pytest.mark.parametrize("path", ["src/a.py", "src/new.py", "src/deep/er/new.py"])
def test_texts_and_free_places_within_the_globs_may_be_edited(tree: Path, path: str) -> None:
    assert may_edit(["src/**"], tree)(path)


@pytest.mark.parametrize(
    "path",
    [
        "setup.py", "src/../setup.py", "/src/a.py", "src//a.py", "./src/a.py", "src/.git/config", "src/a.py/b.py",
        "src/link.py", "src/folder/a.py", "src/data.py", "src/big.py", "src/dir.py", f"src/{'x' * 300}.py",
        "src/" + "x/" * 900 + "a.py", "src/\0.py", "src/\ud800.py",
    ],
)  # fmt: skip
def test_nothing_else_may(tree: Path, path: str) -> None:
    assert not may_edit(["src/**"], tree)(path)


@pytest.mark.parametrize(
    "path", ["src/Tests/new.py", "src/TEST_new.py", "src/ｔests/new.py", "src/tеsts/new.py", "src/tests./new.py"]
)
def test_what_the_globs_take_back_can_not_be_had_in_another_spelling(tree: Path, path: str) -> None:
    assert not may_edit(["src/**", "!**/tests/**", "!test_*.py"], tree)(path)


def test_what_is_there_is_told_by_its_exact_name(tree: Path) -> None:
    (tree / "src" / "Test_tube.py").write_text("x = 1\n")
    assert may_edit(["src/**", "!test_*.py"], tree)("src/Test_tube.py")
    assert may_edit(["код/**"], tree)("код/новый.py")
