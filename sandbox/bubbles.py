"""Containers that are processes of ours under bubblewrap, for `sandbox.container`: started, talked to and ended here."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from core.errors import SandboxError
from sandbox import seccomp
from sandbox.bwrap import bwrap
from sandbox.group import Group
from sandbox.runner.gauge import COUNTERS, ROOT

_GOODBYE_SECONDS = 10.0
_LONGEST_COMPLAINT = 1 << 16
# Joins the groups that are named before the dashes, and stays: with this process, bubblewrap and all within end.
_LAUNCH = """
while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 1; shift; done
shift
"$@"
exit $?
"""


@dataclass(frozen=True, kw_only=True)
class _Bubble:
    """What belongs to one running container."""

    process: subprocess.Popen[bytes]
    near: socket.socket
    said: BinaryIO
    group: Group | None


class Bubbles:
    """Starts any number of containers with the same options, one at a time; each has a group of its own where that is allowed."""

    def __init__(self, options: Sequence[str], argv: Sequence[str], group: Callable[[], Group | None]) -> None:
        """`options` are bubblewrap's, `argv` is the runner within."""
        self._options = options
        self._argv = argv
        self._group = group
        self._bubble: _Bubble | None = None

    def start(self, container: str) -> "Line":
        """Start the container; its standard streams from the first byte on."""
        with ExitStack() as undone:
            near, far = socket.socketpair()
            undone.enter_context(near)
            said = undone.enter_context(os.fdopen(os.memfd_create("said"), "w+b"))
            group = self._group()
            if group:
                undone.callback(group.remove)
            with far:
                process = self._launch(container, far.fileno(), said.fileno(), group)
            undone.pop_all()
        self._bubble = _Bubble(process=process, near=near, said=said, group=group)
        return Line(near, said)

    def _launch(self, container: str, streams: int, said: int, group: Group | None) -> subprocess.Popen[bytes]:
        with _readable(self._words(group)) as options, _readable(seccomp.program()) as calls:
            joined = [str(folder) for folder in (group.distinct if group else ())]
            inner = [bwrap(), "--args", str(options), "--seccomp", str(calls), "--", *self._argv]
            return subprocess.Popen(
                ["/bin/sh", "-c", _LAUNCH, container, *joined, "--", *inner],
                stdin=streams,
                stdout=streams,
                stderr=said,
                pass_fds=(options, calls),
                cwd="/",
                env={},
                start_new_session=True,
            )

    def _words(self, group: Group | None) -> bytes:
        """Bubblewrap's options. They are handed over by a descriptor, so that no command line tells of the host's folders."""
        words = [
            *self._options,
            *_counters(group),
            "--remount-ro",
            "/dev",
            "--remount-ro",
            "/",
            "--as-pid-1",
            "--chdir",
            "/",
        ]
        return b"".join(os.fsencode(word) + b"\0" for word in words)

    def remove(self, container: str) -> None:
        """Kill the container; returns when it is gone."""
        del container
        bubble, self._bubble = self._bubble, None
        if bubble is None:
            return
        bubble.near.close()
        try:
            bubble.process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(bubble.process.pid, signal.SIGKILL)
            bubble.process.wait()
        bubble.said.close()
        if bubble.group:
            bubble.group.remove()

    def ran_out_of_memory(self, container: str, since: datetime) -> bool:
        """Whether the kernel killed a process of the container, which has died, for want of memory."""
        del container, since
        group = self._bubble.group if self._bubble else None
        return group is not None and group.gauge.kills() > 0

    def wait_until_back(self) -> None:
        """Nobody is in between who could be away."""


class Line:
    """The near end of the runner's standard streams."""

    def __init__(self, near: socket.socket, said: BinaryIO) -> None:
        self._near, self._said = near, said

    def settimeout(self, seconds: float) -> None:
        """From now on give up with TimeoutError after so long."""
        self._near.settimeout(seconds)

    def sendall(self, data: bytes) -> None:
        """Write everything."""
        self._near.sendall(data)

    def recv(self, size: int) -> bytes:
        """What there is of its standard output, at most `size`; empty when the other end is gone."""
        try:
            return self._near.recv(size)
        except ConnectionResetError:
            return b""

    def complaints(self) -> str:
        """What it has said on its standard error so far."""
        self._said.seek(0)
        return self._said.read(_LONGEST_COMPLAINT).decode("utf-8", "replace").strip()

    def close(self) -> None:
        """End the container's standard input."""
        self._near.close()


def _counters(group: Group | None) -> list[str]:
    """Those of the group's counters that the runner reads, where containers have them; others would tell of commands before."""
    if group is None:
        return []
    joint = len(group.distinct) == 1
    places = {f"{ROOT}/{file}" if joint else f"{ROOT}/{controller}/{file}": group.folders[controller] / file
              for controller, file in COUNTERS if controller in group.folders}  # fmt: skip
    return [word for target, file in places.items() if file.exists() for word in ("--ro-bind", str(file), target)]


@contextmanager
def _readable(content: bytes) -> Iterator[int]:
    """A descriptor from which `content` can be read."""
    descriptor = os.memfd_create("given")
    try:
        if os.write(descriptor, content) != len(content):
            raise SandboxError("there is no memory left for what bubblewrap has to be told")
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)
