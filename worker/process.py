"""The child process of one run as its parent sees it: started, listened to, told to stop, and killed with all it started."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum

import structlog

from core.queue import Claim, Helper

CHILD = (sys.executable, "-m", "worker.child")
HELP = "help"
"""In place of an attempt: the child helps."""
LONGEST_LINE = 8192
"""A longer line of output is logged in pieces."""
_OUTPUT_SECONDS = 5.0
"""For the last words to be read. A process that outlives the child may hold its output open."""

_log = structlog.stdlib.get_logger(__name__)


class News(StrEnum):
    """What wakes a supervisor."""

    ENDED = "ended"
    """The child is gone."""
    STOP = "stop"
    """This worker is to end."""


Mailbox = queue.SimpleQueue[News]


@dataclass(frozen=True, kw_only=True)
class Child:
    """A running child."""

    process: subprocess.Popen[bytes]
    said: deque[str]
    """Its last lines."""

    @property
    def last_words(self) -> str:
        """The last line that it printed."""
        return self.said[-1] if self.said else ""

    @property
    def status(self) -> int | None:
        """As the process ended: negative for a signal; None while it lives."""
        return self.process.poll()

    def stop(self, *, grace_seconds: float) -> None:
        """Ask it to end; kill it when that takes too long."""
        self.signal(signal.SIGTERM)
        self.leave(grace_seconds=grace_seconds)

    def leave(self, *, grace_seconds: float) -> None:
        """Give it time to end by itself; then kill it."""
        try:
            self.process.wait(timeout=grace_seconds)
        except subprocess.TimeoutExpired:
            _log.warning("the child did not end in time and is killed", seconds=grace_seconds)
            self.kill()

    def kill(self) -> None:
        """End it and all of its process group at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the child alone."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)


@contextmanager
def started(
    right: Claim | Helper, program: Sequence[str], variables: Mapping[str, str], mailbox: Mailbox
) -> Iterator[Child]:
    """The child that works on the claim's run, or helps it; nothing of it is left when the context ends. Its end is put into the
    mailbox.
    """
    attempt = str(right.attempt) if isinstance(right, Claim) else HELP
    argv = (*program, right.run_id, right.worker, attempt, str(os.getpid()))
    process = subprocess.Popen(
        argv,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    child = Child(process=process, said=deque(maxlen=1))
    reader = threading.Thread(target=_log_output, args=(child, right.run_id), daemon=True)
    waiter = threading.Thread(target=_wait, args=(process, mailbox), daemon=True)
    reader.start()
    waiter.start()
    try:
        yield child
    finally:
        child.kill()
        waiter.join()
        reader.join(_OUTPUT_SECONDS)


def _wait(process: subprocess.Popen[bytes], mailbox: Mailbox) -> None:
    process.wait()
    mailbox.put(News.ENDED)


def _log_output(child: Child, run_id: str) -> None:
    """Everything that the child prints, line by line."""
    log = _log.bind(run=run_id, child=child.process.pid)
    stream = child.process.stdout
    if stream is None:
        raise AssertionError("the child was started without a pipe")
    with stream:
        while line := stream.readline(LONGEST_LINE):
            text = line.decode("utf-8", "replace").rstrip("\n")
            log.info(text)
            child.said.append(text)
