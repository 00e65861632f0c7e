"""Removes what a command left outside of its checkout: files in the writable places, shared memory, message queues."""

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

from sandbox.scratch import remove

_IPC_RMID = 0
_LIBRARY = ctypes.CDLL(None, use_errno=True)


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
