"""What can count instructions on this machine: the processor's own counters, and valgrind."""

import ctypes
import errno
import os
import platform
import shutil
import struct
from pathlib import Path

from core.health import Finding, Health
from worker.checkup.programs import version_of

_SYSCALLS = {"x86_64": 298, "aarch64": 241}
"""The number of perf_event_open by machine."""
_PARANOID = Path("/proc/sys/kernel/perf_event_paranoid")
_ATTRIBUTES = struct.pack("=IIQQQQQ72x", 0, 120, 1, 0, 0, 0, 0b1100001)
"""perf_event_attr: type hardware, its size, instructions, and the bits disabled, exclude_kernel and exclude_hv."""
_INSTEAD = "`--objective instructions` counts with valgrind and does not need them"


def hardware() -> Finding:
    """Whether the processor's counters can be opened."""
    return judged(_open_counter())


def judged(number: int) -> Finding:
    """What the error `number` of opening a counter means; 0 is success."""
    subject = "hardware counters"
    if number == 0:
        return Finding(subject=subject, health=Health.GOOD, detail="a counter of instructions can be opened")
    if number in {errno.EACCES, errno.EPERM}:
        detail = f"the kernel refuses them to this user (perf_event_paranoid is {_paranoid()}); {_INSTEAD}"
        remedy = "sysctl kernel.perf_event_paranoid=2 (as root)"
        return Finding(subject=subject, health=Health.LIMITED, detail=detail, remedy=remedy)
    detail = f"there are none, as in most virtual machines ({os.strerror(number)}); {_INSTEAD}"
    return Finding(subject=subject, health=Health.LIMITED, detail=detail)


def _open_counter() -> int:
    """The error of opening a counter of this process's instructions; 0 when it could be opened."""
    number = _SYSCALLS.get(platform.machine())
    if number is None:
        return errno.ENOSYS
    syscall = ctypes.CDLL(None, use_errno=True).syscall
    itself, any_processor, no_group, no_flags = ctypes.c_int(0), ctypes.c_int(-1), ctypes.c_int(-1), ctypes.c_ulong(0)
    descriptor = syscall(ctypes.c_long(number), _ATTRIBUTES, itself, any_processor, no_group, no_flags)
    if descriptor < 0:
        return ctypes.get_errno()
    os.close(descriptor)
    return 0


def _paranoid() -> str:
    try:
        return _PARANOID.read_text(encoding="ascii").strip()
    except OSError:
        return "not readable"


def valgrind() -> Finding:
    """Whether `--objective instructions` can be measured."""
    if shutil.which("valgrind"):
        return Finding(subject="valgrind", health=Health.GOOD, detail=version_of("valgrind"))
    return Finding(
        subject="valgrind",
        health=Health.MISSING,
        detail="`--objective instructions` needs it; nothing else does",
        remedy="apt-get install valgrind (Debian, Ubuntu) or dnf install valgrind (Fedora)",
    )
