"""Where this user may make control groups: the kernel's way to limit and to count a whole tree of processes.

In version 1 every controller has a hierarchy of its own, and groups are made below that of this process. In version 2 a
group with processes can't hand controllers on, so they are made beside it: below the nearest ancestor that is ours.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sandbox.group import PREFIX, Group, Limit, clear, name_of

_WANTED = ("memory", "pids")
_COUNTING = "cpuacct"
_SHARING = "cpu"
_OURS_BYTES, _OURS_PROCESSES = 64 << 20, 8
"""What the runner and those who start it, which are in the group, may take besides."""
_WEIGHT = 16
"""How many times the share of an ordinary group a sandbox gets of a processor that others want, too."""
SHARES = _WEIGHT * 1024
"""The same in the unit of version 1, which is Docker's, too."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place for groups."""

    version: int
    parents: dict[str, Path]
    """The folder to make a group in, by controller."""

    def make(self, *, memory_bytes: int, processes: int) -> Group:
        """A new group in which no more than this can be taken."""
        limits = _LIMITS_V1 if self.version == 1 else _LIMITS_V2
        values = {
            "memory": memory_bytes + _OURS_BYTES,
            "pids": processes + _OURS_PROCESSES,
            "swap": 0,
            "shares": SHARES,
            "weight": _WEIGHT * 100,
        }
        wanted = [
            Limit(controller=limit.controller, file=limit.file, value=values[limit.of], optional=limit.optional)
            for limit in limits
            if limit.controller in self.parents
        ]
        return Group.make(self.parents, wanted)

    def sweep(self) -> None:
        """Remove the groups whose makers are dead, with what is in them."""
        for parent in set(self.parents.values()):
            for folder in parent.glob(f"{PREFIX}*-*"):
                pid = folder.name.removeprefix(PREFIX).partition("-")[0]
                if pid.isdecimal() and not f"{folder.name}-".startswith(f"{name_of(int(pid))}-"):
                    clear(folder)


@dataclass(frozen=True, kw_only=True)
class _LimitFile:
    """A file that a limit is written to, and which of them it is."""

    controller: str
    file: str
    of: str
    optional: bool = False


# Memory and swap together are limited to what memory alone is: none of it is swapped.
_LIMITS_V1 = (
    _LimitFile(controller="memory", file="memory.limit_in_bytes", of="memory"),
    _LimitFile(controller="memory", file="memory.memsw.limit_in_bytes", of="memory", optional=True),
    _LimitFile(controller="pids", file="pids.max", of="pids"),
    _LimitFile(controller=_SHARING, file="cpu.shares", of="shares", optional=True),
)
_LIMITS_V2 = (
    _LimitFile(controller="memory", file="memory.max", of="memory"),
    _LimitFile(controller="memory", file="memory.swap.max", of="swap", optional=True),
    _LimitFile(controller="pids", file="pids.max", of="pids"),
    _LimitFile(controller=_SHARING, file="cpu.weight", of="weight", optional=True),
)


@dataclass(frozen=True, kw_only=True)
class Hierarchy:
    """A mounted tree of groups, and where this process is in it."""

    version: int
    controllers: frozenset[str]
    """Of version 1; in version 2 every folder has its own."""
    top: Path
    """The folder that the hierarchy, or the part of it that can be seen, is mounted at."""
    own: Path
    """The folder of the group of this process."""


def find() -> Place | None:
    """The place for groups of this process; None when it may make none that limit memory and processes."""
    return place_in(hierarchies(Path("/proc/self/mountinfo").read_text(), Path("/proc/self/cgroup").read_text()))


def hierarchies(mounts: str, membership: str) -> list[Hierarchy]:
    """What the kernel's two files say: /proc/self/mountinfo and /proc/self/cgroup."""
    own = dict(_memberships(membership))
    found = []
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        root, top = before.split()[3:5]
        kind, _, options = after.split()[:3]
        controllers = frozenset(options.split(",")) & own.keys() if kind == "cgroup" else frozenset({""})
        path = next((own[name] for name in controllers if name in own), None)
        if kind in {"cgroup", "cgroup2"} and path is not None and path.is_relative_to(root):
            version = 1 if kind == "cgroup" else 2
            folder = Path(top) / path.relative_to(root)
            found.append(Hierarchy(version=version, controllers=controllers, top=Path(top), own=folder))
    return found


def _memberships(text: str) -> Iterator[tuple[str, PurePosixPath]]:
    """The path of the group for each controller of version 1, and for "" that of version 2."""
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            yield controller, PurePosixPath(path)


def place_in(found: list[Hierarchy]) -> Place | None:
    """Version 2 where it has the controllers, else version 1."""
    for hierarchy in found:
        parent = _parent_v2(hierarchy) if hierarchy.version == 2 else None  # noqa: PLR2004  the kernel's version 2
        if parent is not None:
            return Place(version=2, parents=dict.fromkeys((*_WANTED, "cpu"), parent))
    by_controller = {name: h.own for h in found if h.version == 1 for name in h.controllers}
    parents = {name: by_controller[name] for name in (*_WANTED, _COUNTING) if name in by_controller}
    if len(parents) < len(_WANTED) + 1 or not all(_may_make_groups(folder) for folder in parents.values()):
        return None
    if _SHARING in by_controller and _may_make_groups(by_controller[_SHARING]):
        parents[_SHARING] = by_controller[_SHARING]
    return Place(version=1, parents=parents)


def _parent_v2(hierarchy: Hierarchy) -> Path | None:
    """The nearest group above this process that hands the controllers on and that we may move processes within."""
    for folder in (hierarchy.own, *hierarchy.own.parents):
        if not folder.is_relative_to(hierarchy.top):
            return None
        handed_on = _words(folder / "cgroup.subtree_control")
        if handed_on.issuperset(_WANTED) and _may_make_groups(folder):
            return folder
    return None


def _may_make_groups(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and os.access(folder / "cgroup.procs", os.W_OK)


def _words(file: Path) -> set[str]:
    try:
        return set(file.read_text().split())
    except OSError:
        return set()
