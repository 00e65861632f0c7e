"""The processes of one command: what they used, and their end.

A sandbox in a PID namespace hides the command's end from us: its first process waits there for the command and tells of
it as shells do, so that exit status 139 and a segmentation fault look the same. But the kernel keeps the true status of a
process until its parent has asked for it. So the shell above the command is stopped while that runs: it asks only when
we have read the status, and let it go on.
"""

import os
import select
import signal
import time
from typing import Any

_STOP_SECONDS = 1.0
_PAUSE_SECONDS = 0.00005
_START_CODE, _EXIT_CODE = 23, 49
"""Fields of /proc/PID/stat, counted from the state."""


class Tree:
    """The processes of one command: ends them all and adds up what they used."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._line = [first]
        self._held = 0
        self.statuses: dict[int, int] = {}
        self._own = self._others = (0.0, 0)

    @property
    def cpu_and_memory(self) -> tuple[float, int]:
        """Seconds and bytes; those of the first process, which only sets up, count when nothing else was seen."""
        return self._own if set(self.statuses) == {self._first} else self._others

    @property
    def pids(self) -> list[int]:
        """All that live now."""
        return descendants(os.getpid())

    @property
    def inner(self) -> int:
        """A process that sees the files of the sandbox, and outlives the command there."""
        return self._line[min(1, len(self._line) - 1)]

    def hold(self) -> int:
        """The process whose end is the command's, after a stop of the one above it.

        It is the last one of a line of parents and only children. Where this user may not know how a process ended, it is
        the first one, which tells of that as shells do.
        """
        while below := children(self._line[-1]):
            self._line.append(below[0])
        above = self._line[-2] if len(self._line) > 1 else 0
        if not above or not _is_open(above):
            return self._first
        os.kill(above, signal.SIGSTOP)
        deadline = time.monotonic() + _STOP_SECONDS
        while _facts(above)[:1] != ["T"]:
            if time.monotonic() > deadline:
                return self._first
            time.sleep(_PAUSE_SECONDS)
        self._held = above
        return self._line[-1]

    def status(self, main: int) -> int:
        """How `main` ended, as the kernel has it, or else as the first process tells."""
        if main in self.statuses:
            return self.statuses[main]
        code = os.waitstatus_to_exitcode(self.statuses[self._first])
        return code - 128 if code > 128 else code << 8  # noqa: PLR2004  what shells make of a signal

    def end(self) -> None:
        """Kill every process that is left, and return when all are gone."""
        if self._held:
            self._let_go()
        while True:
            for child in children(os.getpid()):
                os.kill(child, signal.SIGKILL)
            try:
                self._note(*os.wait4(-1, 0))
            except ChildProcessError:
                return

    def _let_go(self) -> None:
        """Note how the held command ended, and have its parent wait for it, so that what it used is counted."""
        main, above, self._held = self._line[-1], self._held, 0
        _kill(main, signal.SIGKILL)
        _wait_for(main)
        facts = _facts(main)
        if facts[:1] == ["Z"]:
            self.statuses[main] = int(facts[_EXIT_CODE])
        else:
            # Who kills the process above it ends the sandbox, and thereby itself.
            self.statuses[main] = signal.SIGKILL
        _kill(above, signal.SIGCONT)
        _wait_for(above)
        # The first process only waits; the second is the init of the namespace, and its end is that of all within.
        for pid in self._line[:2]:
            _kill(pid, signal.SIGKILL)

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
        return sum(scheduled_seconds(pid) for pid in self.pids if pid != self._first)


def children(pid: int) -> list[int]:
    """The living and dead children of `pid` that nobody has waited for yet."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208  pathlib is slow to import
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:  # noqa: PTH123  as above
                found += [int(child) for child in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found


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


def _facts(pid: int) -> list[str]:
    """The words of /proc/PID/stat from the state on; none when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123  as above
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []


def _is_open(pid: int) -> bool:
    """Whether the kernel tells us all about the living process `pid`. It hides a status as 0, but an address as 1."""
    facts = _facts(pid)
    return len(facts) > _EXIT_CODE and int(facts[_START_CODE]) > 1


def _kill(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _wait_for(pid: int) -> None:
    """Return when `pid`, a child of whomever, has ended, or after a while."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        poll.poll(_STOP_SECONDS * 1000)
    finally:
        os.close(descriptor)
