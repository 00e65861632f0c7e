"""Putting a checkout back, whatever was done to it."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import SandboxError
from sandbox.checkout import Checkout
from sandbox.scratch import remove

from .conftest import write_tree


def picture(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """Mode, time and content of everything below `root`, and of itself."""
    seen = {}
    for path in [root, *root.rglob("*")]:
        facts = path.lstat()
        content = os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else b""
        seen[str(path.relative_to(root))] = (facts.st_mode, facts.st_mtime_ns, content)
    return seen


def put_folder(path: Path) -> None:
    remove(path)
    path.mkdir()
    (path / "new").write_text("new")


def put_link(path: Path) -> None:
    remove(path)
    path.symlink_to("/")


def put_file(path: Path) -> None:
    remove(path)
    path.write_text("new")


def append(path: Path) -> None:
    if path.is_file() and not path.is_symlink():
        with path.open("a") as file:
            file.write("more")


def lock_up(path: Path) -> None:
    if not path.is_symlink() and path.exists():
        path.chmod(0)


def rename(path: Path) -> None:
    if os.path.lexists(path) and not os.path.lexists(path.with_name("renamed")):
        path.rename(path.with_name("renamed"))


ACTIONS: list[Callable[[Path], None]] = [remove, put_folder, put_link, put_file, append, lock_up, rename]
PATHS = [
    "pkg",
    "pkg/__init__.py",
    "pkg/deep",
    "pkg/deep/inner",
    "pkg/deep/inner/data.txt",
    "README",
    "link",
    "empty",
    "n",
]


@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.sampled_from(PATHS)), max_size=8))
@settings(max_examples=60, deadline=None)
def test_scrubbing_undoes_any_sequence_of_changes(steps: list[tuple[Callable[[Path], None], str]]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        pristine = write_tree(folder / "pristine")
        checkout = Checkout(folder, pristine)
        checkout.change({"README": "changed\n", "pkg/new.py": "x = 1\n", "grüße.txt": None})
        checkout.seal()
        before = picture(checkout.repo)
        for action, path in steps:
            target = checkout.repo / path
            if target.parent.is_dir() and target.parent.resolve().is_relative_to(folder.resolve()):
                action(target)
        checkout.scrub()
        assert picture(checkout.repo) == before
    finally:
        remove(folder)


def test_a_checkout_never_shares_a_file_with_its_environment(tmp_path: Path) -> None:
    pristine = write_tree(tmp_path / "pristine")
    os.link(pristine / "README", pristine / "twin")
    checkout = Checkout(tmp_path, pristine)
    (checkout.repo / "README").write_text("changed")
    checkout.change({"twin": "changed, too"})
    assert (pristine / "twin").read_text() == "read me\n"
    assert (checkout.repo / "README").read_text() == "changed"


def test_changes_keep_the_mode_and_undecodable_bytes(tmp_path: Path) -> None:
    pristine = write_tree(tmp_path / "pristine")
    (pristine / "README").chmod(0o755)
    checkout = Checkout(tmp_path, pristine)
    checkout.change({"README": b"\xff\r\n".decode("utf-8", "surrogateescape"), "a/b/c.py": "new"})
    assert (checkout.repo / "README").read_bytes() == b"\xff\r\n"
    assert (checkout.repo / "README").stat().st_mode & 0o777 == 0o755
    assert (checkout.repo / "a/b/c.py").read_text() == "new"


@pytest.mark.parametrize("path", ["../x", "/etc/x", "", "link", "out/x", "pkg", "README/x", ".git/config", "a/../../x"])
def test_changes_outside_of_the_checkout_are_refused(tmp_path: Path, path: str) -> None:
    pristine = write_tree(tmp_path / "pristine")
    (pristine / "out").symlink_to(tmp_path)
    checkout = Checkout(tmp_path, pristine)
    with pytest.raises(SandboxError):
        checkout.change({path: "text"})
    assert not (tmp_path / "x").exists()


def test_extended_attributes_can_not_carry_a_message_to_the_next_command(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path, write_tree(tmp_path / "pristine"))
    try:
        for path in (checkout.repo, checkout.repo / "pkg", checkout.repo / "README"):
            os.setxattr(path, "user.message", b"seen")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    checkout.scrub()
    assert [os.listxattr(checkout.repo / path) for path in (".", "pkg", "README")] == [[], [], []]


def test_a_checkout_that_can_not_be_restored_is_an_error_of_the_sandbox(tmp_path: Path) -> None:
    pristine = write_tree(tmp_path / "pristine")
    checkout = Checkout(tmp_path, pristine)
    (checkout.repo / "README").unlink()
    shutil.rmtree(pristine)
    with pytest.raises(SandboxError, match="put back"):
        checkout.scrub()
