"""The control group of one open sandbox: made and joined by the spawner, so that all it starts is in it.

A command does not join by itself, since the kernel takes about ten milliseconds for moving a process between groups,
but nothing for starting one in the group of its parent. What the spawner itself uses is known, and does not count.
"""

import contextlib
import os
import signal
import time
from typing import Any

from sandbox.runner.gauge import Gauge

PREFIX = "perfsmith-"
_REMOVAL_SECONDS = 2.0
_PAUSE_SECONDS = 0.005


class Group:
    """A new folder in each of `parents` (by controller), which is one and the same for all of them in version 2.

    Its name says which process made it, and when that was started, so that one whose maker is dead is known as such.
    """

    def __init__(self, request: dict[str, Any]) -> None:
        """Make it and set its limits. OSError where that is not allowed."""
        name = name_of(os.getpid())
        self._folders: dict[str, str] = {key: f"{parent}/{name}" for key, parent in request["parents"].items()}
        for folder in set(self._folders.values()):
            os.mkdir(folder)  # noqa: PTH102  pathlib is slow to import
        for limit in request["limits"]:
            self._set(**limit)
        self._homes: list[str] = list(request["homes"])
        self.gauge = Gauge(self._folders, ours=True)
        _spare()
        for folder in set(self._folders.values()):
            _write(f"{folder}/cgroup.procs", "0")

    def _set(self, *, controller: str, file: str, value: int, optional: bool) -> None:
        """`optional` are those about swap: they are missing where the kernel has none, or does not count it."""
        try:
            _write(f"{self._folders[controller]}/{file}", str(value))
        except FileNotFoundError:
            if not optional:
                raise

    def remove(self) -> None:
        """Go back to where this process came from, kill what is left, and remove the group."""
        for home in self._homes:
            _write(f"{home}/cgroup.procs", "0")
        for folder in set(self._folders.values()):
            clear(folder)


def _spare() -> None:
    """Keep this process from being killed for want of memory in the group, as far as this user may."""
    with contextlib.suppress(OSError):
        _write("/proc/self/oom_score_adj", "-1000")


def name_of(pid: int) -> str:
    """The name of the group that the process `pid` makes."""
    return f"{PREFIX}{pid}-{start_of(pid)}"


def start_of(pid: int) -> int:
    """When the process was started, in ticks since the machine was; 0 when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123  as above
            return int(file.read().rpartition(")")[2].split()[19])
    except OSError:
        return 0


def clear(folder: str) -> None:
    """Kill what is in the group and remove it; one that does not get empty in time is left for the next sweep."""
    deadline = time.monotonic() + _REMOVAL_SECONDS
    while time.monotonic() < deadline:
        try:
            os.rmdir(folder)  # noqa: PTH106  as above
        except FileNotFoundError:
            return
        except OSError:
            _kill(folder)
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _kill(folder: str) -> None:
    """All at once where the kernel can do that."""
    try:
        _write(f"{folder}/cgroup.kill", "1")
    except OSError:
        for pid in _members(folder):
            _kill_one(pid)


def _kill_one(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _members(folder: str) -> list[int]:
    try:
        with open(f"{folder}/cgroup.procs", encoding="ascii") as file:  # noqa: PTH123  as above
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
