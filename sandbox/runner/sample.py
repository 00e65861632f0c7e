"""One command from fork to answer: started, waited for, ended with all its processes, and told about.

A request is a line of JSON: `argv`, `environment` and `folder` of the process to start, `stdin` in base64, `seconds`
until the time is up, `keep` bytes of each stream, and `announced`: whether the command's end is that of the process
announced on READY, or that of the process started. The answer is a line with what was seen, or with `error` when the
command was never reached.

The process it starts gets two extra descriptors: on READY a line with the command's process id is written when all is
set up, then a line on GO is waited for (`sandbox.spawning` has the shell line that does it). The clock starts with GO.
"""

import base64
import os
import select
import signal
import time
from typing import Any

from sandbox.runner.streams import Stream
from sandbox.runner.tree import Tree

READY, GO = 3, 4
_ASIDE = 100
_SETUP_SECONDS = 60.0


class ParentGoneError(Exception):
    """Nobody is left to answer to."""


class NotStartedError(Exception):
    """The sandbox could not be set up; the message is what it printed."""


class Sample:
    """One command from fork to answer."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.request = request
        self.ready, ready = os.pipe()
        go, self.go = os.pipe()
        out, child_out = os.pipe()
        err, child_err = os.pipe()
        stdin = _memory_file(base64.b64decode(request["stdin"]))
        theirs = {0: stdin, 1: child_out, 2: child_err, READY: ready, GO: go}
        self.first = _start(request, theirs)
        for descriptor in theirs.values():
            os.close(descriptor)
        self.tree = Tree(self.first)
        self.streams = [Stream(out, request["keep"]), Stream(err, request["keep"])]

    def run(self) -> dict[str, Any]:
        """Wait until it is ready, let it go, and tell what was seen; no process is left."""
        try:
            main = self._wait_until_ready()
            setup_seconds = self.tree.setup_seconds()
            started = time.monotonic()
            os.write(self.go, b"\n")
            in_time = self._wait_for(main, started + self.request["seconds"])
            self.tree.end()
            wall = time.monotonic() - started
        finally:
            self.tree.end()
            self._close()
        cpu, memory = self.tree.cpu_and_memory
        seen = {"wall": wall, "cpu": max(cpu - setup_seconds, 0.0), "memory": memory, "timed_out": not in_time}
        streams = {"stdout": self.streams[0].facts(), "stderr": self.streams[1].facts()}
        return {"exit_code": os.waitstatus_to_exitcode(self.tree.statuses[main])} | seen | streams

    def _wait_until_ready(self) -> int:
        """The process whose end is the command's end: the first, or the one that was announced on READY."""
        announced = b""
        if self._poll([self.ready], time.monotonic() + _SETUP_SECONDS):
            announced = os.read(self.ready, 32)
        if not announced.strip():
            self.tree.end()
            self.streams[1].drain(everything=True)
            said = base64.b64decode(self.streams[1].facts()["data"]).decode("utf-8", "replace").strip()
            raise NotStartedError(said or "it did not get ready in time")
        if not self.request["announced"]:
            return self.first
        self.tree.reap(self.first)
        return int(announced)

    def _wait_for(self, main: int, deadline: float) -> bool:
        """Drain the streams until `main` has ended; False when the time is up first."""
        ended = os.pidfd_open(main)
        try:
            return self._poll([ended], deadline)
        finally:
            os.close(ended)

    def _poll(self, wanted: list[int], deadline: float) -> bool:
        """True when something is on one of `wanted`, False at the deadline; the streams are drained meanwhile."""
        poll = select.poll()
        for descriptor in [0, *wanted]:
            poll.register(descriptor, select.POLLIN)
        streams = {stream.descriptor: stream for stream in self.streams if stream.open}
        for descriptor in streams:
            poll.register(descriptor, select.POLLIN)
        while (left := deadline - time.monotonic()) > 0:
            for descriptor, _ in poll.poll(left * 1000 + 1):
                if descriptor == 0:
                    raise ParentGoneError
                if descriptor in wanted:
                    return True
                streams[descriptor].drain()
                if not streams[descriptor].open:
                    poll.unregister(descriptor)
        return False

    def _close(self) -> None:
        for stream in self.streams:
            stream.drain(everything=True)
            os.close(stream.descriptor)
        os.close(self.ready)
        os.close(self.go)


def _memory_file(content: bytes) -> int:
    if not content:
        return os.open(os.devnull, os.O_RDONLY)
    descriptor = os.memfd_create("stdin")
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _start(request: dict[str, Any], descriptors: dict[int, int]) -> int:
    """Fork and execute, with `descriptors` (theirs → ours) and no others."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        os.umask(0o022)
        os.chdir(request["folder"])
        # First out of the way of each other, then into place.
        for theirs, ours in descriptors.items():
            os.dup2(ours, _ASIDE + theirs)
        for theirs in descriptors:
            os.dup2(_ASIDE + theirs, theirs)
        os.closerange(max(descriptors) + 1, 2 * _ASIDE)
        for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.execve(request["argv"][0], request["argv"], request["environment"])  # noqa: S606  no shell is what we want
    except OSError as error:
        os.write(2, f"{request['argv'][0]}: {error}".encode())
    finally:
        os._exit(127)
