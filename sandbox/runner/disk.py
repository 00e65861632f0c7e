"""Watches what a command writes to folders of the host, so that it can't fill the disk.

The kernel can limit one file (and does), but not a folder, unless quotas are set up. To look at the folder often would
cost more than the command. So the free space of the file system is looked at, which costs next to nothing: as long as no
more of it is gone than a command may write, nothing needs to be known about who took it. When more is gone, the folders
are looked at closely before anybody is accused. There are places that this can't see (a file without a name that nobody
has open but that is mapped, or on its way through a socket), so a command is stopped as well when the file system runs
full while it is running.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator
from typing import Any

_CLOCK_SECONDS = 0.05
"""The clock that stamps files may be late by less than this."""
_AGAIN = 4
"""After a look that found nothing, the next one comes when this part of the limit is gone besides."""
_BLOCK = 512
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


class Disk:
    """What may be written to `folders`, and how many files may be in the `private` file systems of the sandbox."""

    def __init__(self, request: dict[str, Any], pids: Callable[[], list[int]]) -> None:
        self._folders, self._private = request["folders"], request["private"]
        self._bytes, self._files = request["bytes"], request["files"]
        self._pids = pids
        self._since = time.time() - _CLOCK_SECONDS
        self._free = [_free(folder) for folder in self._folders]
        self._suspicious = (self._bytes, self._files)

    def look(self) -> str:
        """Why the command must be stopped, or nothing."""
        if any(_used_inodes(place) > self._files for place in self._private):
            return f"it made more than {self._files} files in one of its private folders"
        free = [_free(folder) for folder in self._folders]
        gone = [(before[0] - now[0], before[1] - now[1]) for before, now in zip(self._free, free, strict=True)]
        space, inodes = max(pair[0] for pair in gone), max(pair[1] for pair in gone)
        if space <= self._suspicious[0] and inodes <= self._suspicious[1]:
            return ""
        self._suspicious = (space + self._bytes // _AGAIN, inodes + self._files // _AGAIN)
        if space > self._bytes and min(pair[0] for pair in free) < self._bytes:
            return "the disk is running full"
        return self._accusation()

    def _accusation(self) -> str:
        size = files = 0
        try:
            for facts in self._written():
                size, files = size + facts.st_blocks * _BLOCK, files + 1
                if size > self._bytes:
                    return f"it wrote more than {self._bytes >> 20} MiB to disk"
                if files > self._files:
                    return f"it made more than {self._files} files"
        except (OSError, RecursionError):
            return "it wrote to disk, and to where that can't be looked at"
        return ""

    def _written(self) -> Iterator[os.stat_result]:
        """The files that were changed since the command began, also those that have lost their names."""
        for folder in self._folders:
            yield from (facts for facts in _walk(os.open(folder, _FOLDER)) if facts.st_ctime >= self._since)
        devices = {os.stat(folder).st_dev for folder in self._folders}  # noqa: PTH116  pathlib is slow to import
        yield from _nameless(self._pids(), devices)


def _free(folder: str) -> tuple[int, int]:
    """Bytes and inodes; a file system that does not count inodes has none, before and after."""
    facts = os.statvfs(folder)
    return facts.f_bfree * facts.f_frsize, facts.f_ffree


def _used_inodes(place: str) -> int:
    try:
        facts = os.statvfs(place)
    except OSError:
        return 0
    return facts.f_files - facts.f_ffree


def _walk(top: int) -> Iterator[os.stat_result]:
    """All below the open folder `top`, which is closed then; links are not followed, whatever is exchanged for one.

    OSError where something can't be looked at: too deep, or closed to us.
    """
    try:
        with os.scandir(top) as entries:
            for entry in entries:
                try:
                    facts = entry.stat(follow_symlinks=False)
                    below = os.open(entry.name, _FOLDER, dir_fd=top) if stat.S_ISDIR(facts.st_mode) else None
                except (FileNotFoundError, NotADirectoryError):
                    continue
                yield facts
                if below is not None:
                    yield from _walk(below)
    finally:
        os.close(top)


def _nameless(pids: list[int], devices: set[int]) -> Iterator[os.stat_result]:
    """Files on `devices` that processes have open, but that are in no folder any more."""
    seen = set()
    for pid in pids:
        for facts in _open_files(f"/proc/{pid}/fd"):
            key = (facts.st_dev, facts.st_ino)
            if facts.st_dev in devices and facts.st_nlink == 0 and key not in seen:
                seen.add(key)
                yield facts


def _open_files(folder: str) -> Iterator[os.stat_result]:
    try:
        for name in os.listdir(folder):  # noqa: PTH208  as above
            yield os.stat(f"{folder}/{name}")  # noqa: PTH116  as above
    except OSError:
        return
