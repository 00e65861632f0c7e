"""A control group of ours: made for one container, joined by what starts that, removed with all that is in it."""

import itertools
import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.runner.gauge import Gauge

PREFIX = "perfsmith-"
_REMOVAL_SECONDS = 10.0
_PAUSE_SECONDS = 0.005
_NUMBERS = itertools.count()


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A file that a limit is written to."""

    controller: str
    file: str
    value: int
    optional: bool
    """Of those about swap: they are missing where the kernel has none, or does not count it."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A new folder in each parent (by controller), which is one and the same for all of them in version 2.

    Its name says which process made it, and when that was started, so that one whose maker is dead is known as such.
    """

    folders: Mapping[str, Path]

    @classmethod
    def make(cls, parents: Mapping[str, Path], limits: Sequence[Limit]) -> "Group":
        """Make it and set its limits. OSError where that is not allowed."""
        name = f"{name_of(os.getpid())}-{next(_NUMBERS)}"
        group = cls(folders={controller: parent / name for controller, parent in parents.items()})
        for folder in group.distinct:
            folder.mkdir()
        for limit in limits:
            file = group.folders[limit.controller] / limit.file
            if file.exists() or not limit.optional:
                _write(file, str(limit.value))
        return group

    @property
    def distinct(self) -> list[Path]:
        """Its folders, each once."""
        return sorted(set(self.folders.values()))

    @property
    def gauge(self) -> Gauge:
        """Its counters."""
        return Gauge({controller: str(folder) for controller, folder in self.folders.items()})

    def remove(self) -> None:
        """Kill what is in it, and remove it."""
        for folder in self.distinct:
            clear(folder)


def name_of(pid: int) -> str:
    """What the names of the groups begin with that the process `pid` makes."""
    return f"{PREFIX}{pid}-{start_of(pid)}"


def start_of(pid: int) -> int:
    """When the process was started, in ticks since the machine was; 0 when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(text.rpartition(")")[2].split()[19])
    except OSError:
        return 0


def clear(folder: Path) -> None:
    """Kill what is in the group and remove it; one that does not get empty in time is left for the next sweep."""
    deadline = time.monotonic() + _REMOVAL_SECONDS
    while time.monotonic() < deadline:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            _kill(folder)
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _kill(folder: Path) -> None:
    """All at once where the kernel can do that."""
    try:
        _write(folder / "cgroup.kill", "1")
    except OSError:
        for pid in _members(folder):
            _kill_one(pid)


def _kill_one(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _members(folder: Path) -> list[int]:
    try:
        return [int(word) for word in (folder / "cgroup.procs").read_text().split()]
    except OSError:
        return []


def _write(file: Path, text: str) -> None:
    """Never creates a file: what is no control group must not look like one."""
    descriptor = os.open(file, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
