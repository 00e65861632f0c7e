"""One command from fork to answer: started, waited for, ended with all its processes, and told about.

A request is a line of JSON: `argv`, `environment` and `folder` of the process to start, `stdin` in base64, `seconds`
until the time is up, and `keep` bytes of each stream. It may have `limits`: pairs of a resource's number and its limit;
`cores` to run on; `memory`: the bytes that the tree may take together; and `files`: how many it may make in each of its
`places`.
The answer is a line with what was seen, or with `error` when the command was never reached.

The process it starts gets two extra descriptors: on READY a line with the command's process id is written when all is
set up, then a line on GO is waited for (`sandbox.spawning` has the shell line that does it). The clock starts with GO.
That process has to be a child of this one: what was started leaves it behind and ends.
"""

import base64
import os
import select
import time
from typing import Any

from sandbox.runner.gauge import Gauge
from sandbox.runner.starting import memory_file, start
from sandbox.runner.streams import Stream
from sandbox.runner.tree import Tree, priority
from sandbox.runner.watch import Watch

READY, GO = 3, 4
_SETUP_SECONDS = 60.0
_GRACE_SECONDS = 0.05
"""For processes that end because the command has; the clock goes on."""
_GRACE_PAUSE_SECONDS = 0.001


class ParentGoneError(Exception):
    """Nobody is left to answer to."""


class NotStartedError(Exception):
    """The sandbox could not be set up; the message is what it printed."""


class Sample:
    """One command from fork to answer."""

    def __init__(self, request: dict[str, Any], *, gauge: Gauge | None = None) -> None:
        """`gauge` reads the control group that this process and therefore the command is in."""
        self.request = request
        self.gauge = gauge
        self.ready, ready = os.pipe()
        go, self.go = os.pipe()
        out, child_out = os.pipe()
        err, child_err = os.pipe()
        theirs = {0: memory_file(request["stdin"]), 1: child_out, 2: child_err, READY: ready, GO: go}
        self.first = start(request, theirs)
        for descriptor in theirs.values():
            os.close(descriptor)
        self.tree = Tree(self.first)
        self.priority: list[str] = []
        self.left_behind, self.reprioritised = 0, False
        self.streams = [Stream(out, request["keep"]), Stream(err, request["keep"])]

    def run(self) -> dict[str, Any]:
        """Wait until it is ready, let it go, and tell what was seen; no process is left."""
        try:
            main = self._wait_until_ready()
            watch = Watch(self.request, self.tree, self.gauge)
            # Before it goes: it may be gone, and asked after, when we come to look.
            ended = os.pidfd_open(main)
            self.priority = priority(main)
            started = time.monotonic()
            os.write(self.go, b"\n")
            in_time = self._wait_for(main, ended, watch, started + self.request["seconds"])
            self.tree.end()
            wall = time.monotonic() - started
        finally:
            self.tree.end()
            self._close()
        if watch.complaint:
            self.streams[1].add(f"\nperfsmith stopped this command: {watch.complaint}\n".encode())
        seen = {
            "exit_code": os.waitstatus_to_exitcode(self.tree.statuses[main]),
            "wall": wall,
            "timed_out": not in_time,
            "left_behind": self.left_behind,
            "reprioritised": self.reprioritised,
        }
        streams = {"stdout": self.streams[0].facts(), "stderr": self.streams[1].facts()}
        return seen | watch.facts() | streams

    def _wait_until_ready(self) -> int:
        """The process whose end is the command's end."""
        announced = b""
        if self._poll([self.ready], time.monotonic() + _SETUP_SECONDS):
            announced = os.read(self.ready, 32)
        if not announced.strip():
            self.tree.end()
            self.streams[1].drain(everything=True)
            said = base64.b64decode(self.streams[1].facts()["data"]).decode("utf-8", "replace").strip()
            raise NotStartedError(said or "it did not get ready in time")
        self.tree.reap(self.first)
        return int(announced)

    def _wait_for(self, main: int, ended: int, watch: Watch, deadline: float) -> bool:
        """Drain the streams until `ended` says so or it is to be stopped; False when the time is up first."""
        try:
            while (now := time.monotonic()) < deadline:
                if self._poll([ended], min(deadline, now + watch.pause_seconds)):
                    watch.look_last()
                    self._see_off(main)
                    return True
                self.tree.bury(but=main)
                if watch.look():
                    return True
            return False
        finally:
            os.close(ended)

    def _see_off(self, main: int) -> None:
        """Take in how `main` has just ended by itself: what became of its priority, and what it leaves behind."""
        self.reprioritised = priority(main) != self.priority
        until = time.monotonic() + _GRACE_SECONDS
        while self.tree.lives_on():
            if time.monotonic() > until:
                self.left_behind = self.tree.living()
                return
            self._poll([], time.monotonic() + _GRACE_PAUSE_SECONDS)

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
