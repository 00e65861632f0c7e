"""The small process that starts commands and clocks them; run as `python -I -S spawner.py`, one for each open sandbox.

A process of its own, because a child's peak memory begins with that of the process it was forked from, because orphans
of a tree come to it (it is their subreaper), and because it outlives an interrupt but not its parent: when its standard
input ends it kills what it started and ends. It imports nothing of perfsmith.

A request is a line of JSON: `argv`, `environment` and `folder` of the process to start, `stdin` in base64, `seconds`
until the time is up, `keep` bytes of each stream, and `announced`: whether the command's end is that of the process
announced on READY, or that of the process started. The answer is a line with what was seen, or with `error` when the
command was never reached.

The process it starts gets two extra descriptors: on READY a line with the command's process id is written when all is
set up, then a line on GO is waited for (`sandbox.spawning` has the shell line that does it). The clock starts with GO.
"""

import base64
import ctypes
import hashlib
import json
import os
import select
import signal
import sys
import time
from typing import Any

READY, GO = 3, 4
_CHUNK = 1 << 16
_ASIDE = 100
_SETUP_SECONDS = 60.0
_PR_SET_CHILD_SUBREAPER = 36


class ParentGoneError(Exception):
    """Nobody is left to answer to."""


class NotStartedError(Exception):
    """The sandbox could not be set up; the message is what it printed."""


class Stream:
    """Keeps the first and the last part of what it is fed, and counts and hashes all of it."""

    def __init__(self, descriptor: int, keep: int) -> None:
        self.descriptor = descriptor
        self.open = True
        self._head, self._tail = bytearray(), bytearray()
        self._keep = keep
        self._size = 0
        self._hash = hashlib.sha256()
        os.set_blocking(descriptor, False)

    def drain(self, *, everything: bool = False) -> None:
        """Take in what is there now: one chunk, or everything."""
        try:
            while chunk := os.read(self.descriptor, _CHUNK):
                self._feed(chunk)
                if not everything:
                    return
            self.open = False
        except BlockingIOError:
            return

    def _feed(self, chunk: bytes) -> None:
        self._size += len(chunk)
        self._hash.update(chunk)
        room = self._keep // 2 - len(self._head)
        self._head += chunk[: max(room, 0)]
        self._tail += chunk[max(room, 0) :]
        if len(self._tail) > 2 * self._keep:
            self._trim()

    def _trim(self) -> None:
        del self._tail[: max(len(self._tail) - (self._keep - self._keep // 2), 0)]

    def facts(self) -> dict[str, Any]:
        """What is told about it."""
        self._trim()
        left_out = self._size - len(self._head) - len(self._tail)
        marker = b"\n[... %d bytes left out ...]\n" % left_out if left_out else b""
        data = base64.b64encode(bytes(self._head) + marker + bytes(self._tail)).decode()
        return {"data": data, "size": self._size, "sha256": self._hash.hexdigest()}


class Tree:
    """The processes of one command: ends them all and adds up what they used."""

    def __init__(self, first: int) -> None:
        self._first = first
        self.statuses: dict[int, int] = {}
        self._own = self._others = (0.0, 0)

    @property
    def cpu_and_memory(self) -> tuple[float, int]:
        """Seconds and bytes; those of the first process, which only sets up, count when nothing else was seen."""
        return self._own if set(self.statuses) == {self._first} else self._others

    def end(self) -> None:
        """Kill every process that is left, and return when all are gone."""
        while True:
            for child in children(os.getpid()):
                os.kill(child, signal.SIGKILL)
            try:
                self._note(*os.wait4(-1, 0))
            except ChildProcessError:
                return

    def reap(self, pid: int) -> None:
        """Take leave of the child `pid` and no other; returns when it has ended."""
        self._note(*os.wait4(pid, 0))

    def _note(self, pid: int, status: int, usage: Any) -> None:
        self.statuses[pid] = status
        seconds, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
        if pid == self._first:
            self._own = (seconds, memory)
        else:
            self._others = (self._others[0] + seconds, max(self._others[1], memory))

    def setup_seconds(self) -> float:
        """CPU time that the sandbox took so far to set itself up, of the processes that count."""
        pids = [pid for pid in descendants(os.getpid()) if pid != self._first]
        return sum(scheduled_seconds(pid) for pid in pids)


class _Sample:
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


def children(pid: int) -> list[int]:
    """The living and dead children of `pid` that nobody has waited for yet."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:  # noqa: PTH123  pathlib is slow to import
            return [int(child) for child in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def descendants(pid: int) -> list[int]:
    """Children, their children and so on."""
    found = children(pid)
    for child in found:
        found += children(child)
    return found


def scheduled_seconds(pid: int) -> float:
    """How long the main thread of `pid` has been on a processor."""
    try:
        with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:  # noqa: PTH123  as above
            return int(file.read().split()[0]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def answer(line: bytes) -> dict[str, Any]:
    """Do what one request asks."""
    try:
        return _Sample(json.loads(line)).run()
    except NotStartedError as error:
        return {"error": str(error)}


def main() -> None:
    """Answer requests until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        sys.exit("this kernel can't make a process the reaper of its orphans")
    pending = b""
    while chunk := os.read(0, _CHUNK):
        pending += chunk
        while b"\n" in pending:
            line, pending = pending.split(b"\n", 1)
            try:
                reply = json.dumps(answer(line)).encode() + b"\n"
            except ParentGoneError:
                return
            _write_all(reply)


def _write_all(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


if __name__ == "__main__":
    main()
