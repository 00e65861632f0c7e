"""Looks now and then at how much memory a tree of processes holds together."""

from collections.abc import Callable

from sandbox.runner.gauge import Gauge

_PAGE = 4096
_GROWTH = 1.1
"""A tree is looked at closely when it has grown by this factor since the last close look."""


class Memory:
    """Remembers the most that was seen, and tells when it is more than allowed."""

    def __init__(self, limit: int, gauge: Gauge | None, pids: Callable[[], list[int]]) -> None:
        """`limit` 0 is none. Without a gauge the processes are looked at one by one."""
        self.peak = 0
        self.exceeded = False
        self._limit, self._gauge, self._pids = limit, gauge, pids
        self._kills = gauge.kills() if gauge else 0
        self._before = gauge.anonymous_bytes() if gauge else 0
        self._few = 0 if gauge else len(pids())
        self._looked_at = 0

    def look(self) -> None:
        """Take in how it is now."""
        if self._gauge:
            self.peak = max(self.peak, self._gauge.anonymous_bytes() - self._before)
            self.exceeded = self._gauge.kills() > self._kills
        else:
            self._look_at(self._pids())

    def _look_at(self, pids: list[int]) -> None:
        """A single process is none of our business: the kernel limits it, and knows its peak exactly."""
        if len(pids) <= self._few:
            return
        at_most = sum(_private_at_most(pid) for pid in pids)
        if at_most > _GROWTH * self._looked_at or at_most > self._limit > 0:
            self._looked_at = at_most
            exactly = sum(_anonymous(pid) for pid in pids)
            self.peak = max(self.peak, exactly)
            self.exceeded = self.exceeded or exactly > self._limit > 0


def _private_at_most(pid: int) -> int:
    """What `pid` has in memory that no file is behind; pages shared with others count for each of them."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:  # noqa: PTH123  pathlib is slow to import
            words = file.read().split()
    except OSError:
        return 0
    return (int(words[1]) - int(words[2])) * _PAGE


def _anonymous(pid: int) -> int:
    """The same, but pages that are shared count in parts. Takes the kernel a while for a large process."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:  # noqa: PTH123  as above
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss_Anon:"))
    except (OSError, StopIteration):
        return _private_at_most(pid)
