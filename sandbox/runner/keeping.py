"""Keeps the content of a folder where the code under test can't reach it: in this process's own memory."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sandbox.runner.traces import empty


class Entry(NamedTuple):
    """One file, link or folder."""

    path: str
    mode: int
    modified_ns: int
    content: bytes
    """Of a file; where a link leads."""


class Kept:
    """The content of a folder, which is there only while `put_back` lasts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._entries: list[Entry] = []

    def take(self) -> None:
        """Take in what the folder holds now, and empty it."""
        self._entries = list(_entries(self._folder, ""))
        empty(self._folder)

    @contextmanager
    def put_back(self) -> Iterator[None]:
        """Have the content back in the folder, which must be empty."""
        for entry in self._entries:
            _write(self._folder / entry.path, entry)
        try:
            yield
        finally:
            if self._entries:
                empty(self._folder)


def _entries(top: Path, folder: str) -> Iterator[Entry]:
    """What is in `folder` and below; parents come before their children."""
    with os.scandir(top / folder) as found:
        for each in found:
            facts, path = each.stat(follow_symlinks=False), f"{folder}{each.name}"
            yield Entry(path, facts.st_mode, facts.st_mtime_ns, _content(Path(each.path), facts.st_mode))
            if stat.S_ISDIR(facts.st_mode):
                yield from _entries(top, f"{path}/")


def _content(path: Path, mode: int) -> bytes:
    if stat.S_ISLNK(mode):
        return os.fsencode(path.readlink())
    return path.read_bytes() if stat.S_ISREG(mode) else b""


def _write(path: Path, entry: Entry) -> None:
    if stat.S_ISLNK(entry.mode):
        path.symlink_to(os.fsdecode(entry.content))
        return
    if stat.S_ISDIR(entry.mode):
        path.mkdir()
    else:
        path.write_bytes(entry.content)
    path.chmod(stat.S_IMODE(entry.mode) | (stat.S_IRWXU if path.is_dir() else 0))
    os.utime(path, ns=(entry.modified_ns, entry.modified_ns))
