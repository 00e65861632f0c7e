"""Which files of a checkout are looked at."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from tests.worker.problem.conftest import Write
from worker.problem import source_tree
from worker.problem.source_tree import SourceTree


def test_hidden_folders_environments_and_build_results_are_left_out(write: Write) -> None:
    tree = write({
        "a.py": "", "src/build/a.py": "", "build/a.py": "", "dist/a.py": "", ".git/config": "", "node_modules/a.py": "",
        "mine/pyvenv.cfg": "", "mine/a.py": "", "a/__pycache__/a.py": "",
    })  # fmt: skip
    assert SourceTree.of(tree).files == ("a.py", "src/build/a.py")


def test_links_and_names_that_no_person_can_read_are_left_out(write: Write) -> None:
    tree = write({"a.py": "", "line\nbreak.py": ""})
    (tree / "link.py").symlink_to("a.py")
    (tree / "folder").symlink_to("/", target_is_directory=True)
    assert SourceTree.of(tree).files == ("a.py",)


def test_a_text_is_empty_when_the_file_is_missing_too_large_or_elsewhere(write: Write, tmp_path: Path) -> None:
    tree = write({"large.py": "#" * (source_tree.MAX_BYTES + 1), "a.py": "a"})
    (tmp_path / "secret").write_text("secret")
    (tree / "link.py").symlink_to(tmp_path / "secret")
    source = SourceTree.of(tree)
    assert [source.text(name) for name in ("large.py", "missing.py", "link.py", "a.py")] == ["", "", "", "a"]


def test_a_byte_order_mark_and_wrong_bytes_do_not_hide_a_text(write: Write) -> None:
    tree = write({"a.py": ""})
    (tree / "a.py").write_bytes(b"\xef\xbb\xbfa\xff")
    assert SourceTree.of(tree).text("a.py") == "a\ufffd"


def test_a_tree_of_too_many_files_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_tree, "MAX_FILES", 2)
    with pytest.raises(ConfigError, match="more than 2 files"):
        SourceTree.of(write({"a": "", "b": "", "c": ""}))
