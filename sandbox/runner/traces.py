"""Removes what a command left outside of its checkout: files in the writable places, shared memory, message queues."""

import ctypes
import fcntl
import os
import stat
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from sandbox.scratch import remove

_IPC_RMID = 0
_SET_FLAGS = 0x40086602
"""FS_IOC_SETFLAGS"""
_LIBRARY = ctypes.CDLL(None, use_errno=True)


class Originals:
    """What some folders and files are like at first, as far as their owner could change it."""

    def __init__(self, places: Sequence[Path]) -> None:
        known = {place: place.stat() for place in places if place.exists()}
        self._facts = {place: facts for place, facts in known.items() if facts.st_uid == os.getuid()}

    def put_back(self) -> None:
        """Their modes, times and flags."""
        for place, facts in self._facts.items():
            place.chmod(stat.S_IMODE(facts.st_mode))
            if place.is_dir():
                _clear_flags(place)
            os.utime(place, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def _clear_flags(folder: Path) -> None:
    """Where the file system has such flags."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            fcntl.ioctl(descriptor, _SET_FLAGS, struct.pack("l", 0))
    finally:
        os.close(descriptor)


def network() -> str:
    """What a command that uses the network leaves there: counters, labels of flows. The same as before if none did."""
    places = (Path("/proc/net/dev"), Path("/proc/net/ip6_flowlabel"))
    return "".join(place.read_text() for place in places if place.exists())


def empty(place: Path) -> None:
    """Remove all that is in the folder `place`, and what was done to the folder itself where it is ours."""
    try:
        facts = place.stat()
    except FileNotFoundError:
        return
    ours = facts.st_uid == os.getuid()
    if ours:
        place.chmod(0o755)
    for name in os.listdir(place):  # noqa: PTH208  several times for each sample
        remove(place / name)
    if ours:
        for name in os.listxattr(place):
            os.removexattr(place, name)
        os.utime(place)


def remove_ipc() -> None:
    """Remove every System V segment, queue and semaphore of this container; all of them belong to its one user."""
    for segment in _ids("shm"):
        _LIBRARY.shmctl(segment, _IPC_RMID, None)
    for queue in _ids("msg"):
        _LIBRARY.msgctl(queue, _IPC_RMID, None)
    for semaphores in _ids("sem"):
        _LIBRARY.semctl(semaphores, 0, _IPC_RMID)


def _ids(kind: str) -> Iterator[int]:
    """The second column of the kernel's table, below its heading."""
    try:
        lines = Path("/proc/sysvipc", kind).read_text(encoding="ascii").splitlines()[1:]
    except FileNotFoundError:
        return
    yield from (int(line.split()[1]) for line in lines)
