"""Forks a process and makes it the start of a command: its descriptors and its limits."""

import base64
import contextlib
import os
import resource
import signal
from collections.abc import Mapping
from typing import Any

_ASIDE = 100
_KILLED_FIRST = 500
"""Of 1000."""


def start(request: Mapping[str, Any], descriptors: Mapping[int, int]) -> int:
    """Fork and execute, with `descriptors` (theirs → ours) and no others."""
    pid = os.fork()
    if pid:
        return pid
    try:
        _offer_to_the_killer()
        os.setsid()
        os.umask(0o022)
        os.chdir(request["folder"])
        _arrange(descriptors)
        _forget_signals()
        if request.get("cores"):
            os.sched_setaffinity(0, request["cores"])
        for kind, wanted in request.get("limits", ()):
            _limit(kind, wanted)
        os.execve(request["argv"][0], request["argv"], request["environment"])  # noqa: S606  no shell is what we want
    except (OSError, ValueError) as error:
        os.write(2, f"{request['argv'][0]}: {error}".encode())
    finally:
        os._exit(127)


def _forget_signals() -> None:
    """What whoever started us ignores or blocks, as nohup does, is no concern of the command."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _offer_to_the_killer() -> None:
    """Where memory is short, what is started here goes before the process that starts it, if that can be arranged."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "r+", encoding="ascii") as file:  # noqa: PTH123  pathlib is slow to import
        if int(file.read()) < _KILLED_FIRST:
            file.write(str(_KILLED_FIRST))


def _arrange(descriptors: Mapping[int, int]) -> None:
    """First out of the way of each other, then into place."""
    for theirs, ours in descriptors.items():
        os.dup2(ours, _ASIDE + theirs)
    for theirs in descriptors:
        os.dup2(_ASIDE + theirs, theirs)
    os.closerange(max(descriptors) + 1, 2 * _ASIDE)


def _limit(kind: int, wanted: int) -> None:
    """The limit `wanted`, or the host's own where that is tighter."""
    hard = resource.getrlimit(kind)[1]
    value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (value, value))


def memory_file(content: str) -> int:
    """A descriptor from which the bytes that `content` says in base64 can be read."""
    if not content:
        return os.open(os.devnull, os.O_RDONLY)
    descriptor = os.memfd_create("given")
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(base64.b64decode(content))
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
