"""The first process of a container or bubble: starts commands on request, ends them, and leaves no trace of them for the next.

The code under test runs as the same user, since a process without capabilities can't make itself another one. What keeps
it out: the kernel drops every signal that a PID namespace sends to its first process, unless that has a handler for it;
nobody may trace a process that is not dumpable, or look at its memory, files and variables; and the seccomp profile lets
a process change limits and scheduling of nobody but itself.

Requests are lines of JSON: `do` names a method of `Room`, the rest is for that. Answers are lines of JSON, the first of
which greets. When standard input ends there is nobody left to work for: this process ends, and the container with it.
"""

import base64
import ctypes
import importlib.machinery
import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.errors import SandboxError
from sandbox.checkout import Checkout
from sandbox.collecting import collect
from sandbox.runner.gauge import Gauge
from sandbox.runner.sample import NotStartedError, ParentGoneError, Sample
from sandbox.runner.traces import Originals, empty, network, remove_ipc
from sandbox.runner.tree import Tree

OUT = Path("/out")
PRISTINE = Path("/opt/perfsmith/repo")
"""The checkout as setup left it, in the image and therefore read-only."""
PLACES = (Path("/tmp"), Path("/dev/shm"), Path("/dev/mqueue"), Path("/home/user"), OUT)  # noqa: S108  its own
"""Where a command may write, besides the checkout."""
_TERMINALS = (Path("/dev/pts"), Path("/dev/pts/ptmx"))
_CHUNK = 1 << 16
_PR_SET_DUMPABLE = 4


class Everybody(Tree):
    """All processes but this one. The first process of a PID namespace can kill them at once, before they fork again."""

    def end(self) -> None:
        """Kill every process that is left, and return when all are gone."""
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        super().end()


class Room:
    """The container as requests see it."""

    def __init__(self) -> None:
        self._checkout: Checkout | None = None
        self._gauge = Gauge.of_container()
        self._originals = Originals((*PLACES, *_TERMINALS))
        self._network = network()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what one request asks."""
        deeds = {"check_out": self._check_out, "seal": self._seal, "run": self._run}
        try:
            return deeds[request["do"]](request)
        except (NotStartedError, SandboxError, OSError) as error:
            return {"error": str(error)}

    def _check_out(self, request: dict[str, Any]) -> dict[str, Any]:
        """Make the checkout with the text of files replaced. Until it is sealed, commands may change it for good."""
        self._checkout = Checkout(Path("/"), PRISTINE)
        self._checkout.change(request["changes"])
        return {}

    def _seal(self, _: dict[str, Any]) -> dict[str, Any]:
        """From now on the checkout is scrubbed after every command."""
        if self._checkout is None:
            raise SandboxError("there is no checkout to seal")
        self._checkout.seal()
        return {}

    def _run(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run a command; the answer has `spent` when its traces could not be removed."""
        reply = {}
        try:
            sample = Sample(request, gauge=self._gauge)
            sample.tree = Everybody(sample.first)
            reply = sample.run()
            found = collect(OUT, request["collect"])
            reply["files"] = {name: base64.b64encode(content).decode() for name, content in found.items()}
        finally:
            reply |= self._remove_traces(scrub=request["scrub"])
        return reply

    def _remove_traces(self, *, scrub: bool) -> dict[str, str]:
        try:
            remove_ipc()
            for place in PLACES:
                empty(place)
            self._originals.put_back()
            if scrub and self._checkout is not None:
                self._checkout.scrub()
        except (OSError, SandboxError) as error:
            return {"spent": str(error)}
        return {"spent": "the network was used"} if network() != self._network else {}


def main() -> None:
    """Answer requests until there are no more."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        sys.exit("this kernel can't hide a process from others of the same user")
    # The one signal for which Python has a handler that ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _say({"python": sys.executable, "binaries": importlib.machinery.EXTENSION_SUFFIXES[0]})
    room, pending = Room(), b""
    while chunk := os.read(0, _CHUNK):
        pending += chunk
        while b"\n" in pending:
            line, pending = pending.split(b"\n", 1)
            try:
                reply = room.answer(json.loads(line))
            except ParentGoneError:
                return
            _say(reply)


def _say(reply: dict[str, Any]) -> None:
    view = memoryview(json.dumps(reply).encode() + b"\n")
    while view:
        view = view[os.write(1, view) :]
