"""What the kernel has counted for a control group, in version 1 and 2 of the interface: CPU time, kills, memory."""

import time
from collections.abc import Mapping

ROOT = "/sys/fs/cgroup"
"""Where a container finds its own group."""
COUNTERS = (
    ("cpuacct", "cpuacct.usage"), ("cpu", "cpu.stat"), ("memory", "memory.stat"), ("memory", "memory.oom_control"),
    ("memory", "memory.events"),
)  # fmt: skip
"""All that is read, by controller, in version 1 or 2."""


class Gauge:
    """Reads the counters of one group. A counter that this kernel has not is zero for ever."""

    def __init__(self, folders: Mapping[str, str], *, ours: bool = False) -> None:
        """`folders` by controller: `cpu` and `memory` (version 2), or `cpuacct` and `memory` (version 1).

        `ours` says that this process is in the group: its own CPU time does not count.
        """
        self._ours = ours
        self._cpu_v1 = f"{folders['cpuacct']}/cpuacct.usage" if "cpuacct" in folders else ""
        self._cpu_v2 = f"{folders['cpu']}/cpu.stat" if "cpu" in folders else ""
        self._memory = f"{folders['memory']}/memory.stat"
        old = bool(self._cpu_v1)
        self._events = f"{folders['memory']}/{'memory.oom_control' if old else 'memory.events'}"
        self._anonymous = "rss" if old else "anon"

    @classmethod
    def of_container(cls, root: str = ROOT) -> "Gauge | None":
        """That of the container in which this process runs; None when it can't see its group."""
        for folders in ({"cpu": root, "memory": root}, {"cpuacct": f"{root}/cpuacct", "memory": f"{root}/memory"}):
            gauge = cls(folders, ours=True)
            if gauge.works:
                return gauge
        return None

    @property
    def works(self) -> bool:
        """Whether CPU time and memory can be read at all."""
        return bool(_read(self._cpu_v1 or self._cpu_v2) and _read(self._memory))

    def cpu_seconds(self) -> float:
        """Of all processes that were ever in the group."""
        if self._cpu_v1:
            counted = int(_read(self._cpu_v1) or 0) / 1e9
        else:
            counted = _entry(self._cpu_v2, "usage_usec") / 1e6
        return counted - time.process_time() if self._ours else counted

    def kills(self) -> int:
        """How many processes the kernel killed because the group was out of memory."""
        return _entry(self._events, "oom_kill")

    def anonymous_bytes(self) -> int:
        """Memory of all processes together that no file is behind; shared pages count once."""
        return _entry(self._memory, self._anonymous)


def _entry(path: str, word: str) -> int:
    """The number after `word`, which is at the beginning of a line."""
    for line in _read(path).splitlines():
        key, _, value = line.partition(" ")
        if key == word:
            return int(value)
    return 0


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:  # noqa: PTH123  pathlib is slow to import
            return file.read()
    except OSError:
        return ""
