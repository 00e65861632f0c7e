"""The small process on the host that starts commands, one for each open sandbox; it answers requests line by line.

A process of its own, because a child's peak memory begins with that of the process it was forked from, because orphans
of a tree come to it (it is their subreaper), and because it outlives an interrupt but not its parent: when its standard
input ends it kills what it started and ends.
"""

import ctypes
import json
import os
import signal
import sys
from typing import Any

from sandbox.runner.sample import NotStartedError, ParentGoneError, Sample

_CHUNK = 1 << 16
_PR_SET_CHILD_SUBREAPER = 36


def answer(line: bytes) -> dict[str, Any]:
    """Do what one request asks."""
    try:
        return Sample(json.loads(line)).run()
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
