"""The processes of one command: what they used, and their end."""

import os
import signal
from contextlib import suppress
from typing import Any

_AT_ONCE = 1000


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

    @property
    def pids(self) -> list[int]:
        """All that live now."""
        return descendants(os.getpid())

    def end(self) -> None:
        """Kill every process that is left, and return when all are gone."""
        try:
            while True:
                for child in children(os.getpid()):
                    kill_group(child)
                self._note(*os.wait4(-1, 0))
                while self._take_one():
                    pass
        except ChildProcessError:
            return

    def _take_one(self) -> bool:
        """Take leave of a child that has ended; False when none has. What breeds leaves more of them than can be killed."""
        pid, status, usage = os.wait4(-1, os.WNOHANG)
        if pid:
            self._note(pid, status, usage)
        return pid != 0

    def bury(self, *, but: int) -> None:
        """Take leave of orphans that have ended, which would count against the number of processes."""
        with suppress(ChildProcessError):
            while (seen := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and seen.si_pid != but:
                self.reap(seen.si_pid)

    def lives_on(self) -> bool:
        """Whether a process is left, after taking leave of those that have ended."""
        try:
            # What breeds leaves more of them than anybody can take leave of.
            for _ in range(_AT_ONCE):
                if not self._take_one():
                    break
        except ChildProcessError:
            return False
        return True

    def living(self) -> int:
        """How many processes live now; what has ended and waits for its parent does not."""
        return sum(_stat(pid)[:1] not in ([], ["Z"], ["X"]) for pid in self.pids)

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


def kill_group(pid: int) -> None:
    """Kill the child `pid` with its process group: what forks at this moment gets no child, and so can't run away."""
    group = os.getpgid(pid)
    if group != os.getpgid(0):
        os.killpg(group, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)


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


def priority(pid: int) -> list[str]:
    """How `pid` stands with the scheduler (nice value, real-time priority, policy), also when it has just ended."""
    stat = _stat(pid)
    return [*stat[16:17], *stat[37:39]]


def _stat(pid: int) -> list[str]:
    """The state of `pid` and what the kernel tells after that; empty when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123  as above
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []


def scheduled_seconds(pid: int) -> float:
    """How long the main thread of `pid` has been on a processor."""
    try:
        with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:  # noqa: PTH123  as above
            return int(file.read().split()[0]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
