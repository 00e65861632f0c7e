"""Reads what a command left in its out folder, which it may have filled with traps."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

LARGEST_BYTES = 64 << 20
"""Nothing that perfsmith asks for is as large; a file with a hole in it can be, and takes no room before it is read."""


def collect(out: Path, names: Sequence[str]) -> dict[str, bytes]:
    """The plain files of `out` with these names; links, pipes, folders and huge files are left out like missing ones."""
    require_plain(names)
    out.chmod(0o755)
    folder = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    try:
        found = {name: _read(folder, name) for name in names}
    finally:
        os.close(folder)
    return {name: content for name, content in found.items() if content is not None}


def require_plain(names: Sequence[str]) -> None:
    """ValueError unless all are names of files in a folder: they come from us, never from the code under test."""
    for name in names:
        if "/" in name or name in {"", ".", ".."}:
            raise ValueError(f"{name!r} is no name of a file in the out folder")


def _read(folder: int, name: str) -> bytes | None:
    try:
        facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > LARGEST_BYTES:
            return None
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read(LARGEST_BYTES)
