"""Reads what a command left in its out folder, which it may have filled with traps."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path


def collect(out: Path, names: Sequence[str]) -> dict[str, bytes]:
    """The plain files of `out` with these names; links, pipes and folders are left out like missing files."""
    folder = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    try:
        found = {name: _read(folder, name) for name in names}
    finally:
        os.close(folder)
    return {name: content for name, content in found.items() if content is not None}


def _read(folder: int, name: str) -> bytes | None:
    if "/" in name:
        raise ValueError(f"{name!r} is no name of a file in the out folder")
    try:
        if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            return None
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read()
