"""Where the time (or memory) of a workload goes, as a profiler inside the sandbox reported it.

The numbers come from the process under test: they steer what is tried, never what is accepted.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Hotspot:
    """One function and its share of the objective."""

    path: str
    """Relative to the repository; an absolute path or a name in <> is not the repository's code."""
    function: str
    """Qualified name where the profiler knows it."""
    line: int
    """Where the function starts, from 1."""
    own_share: float
    """Share of the whole spent in the function itself, 0 to 1."""
    total_share: float
    """Share of the whole spent in the function and all that it calls."""
    calls: int | None = None
    """None for a sampling profiler."""
    callers: tuple[str, ...] = ()
    """`path:function` of those that call it most, busiest first."""


@dataclass(frozen=True, kw_only=True)
class LineCost:
    """One line of a hot function."""

    path: str
    line: int
    share: float
    """Share of the whole, 0 to 1."""
    hits: int


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One call stack and its weight, for flame graphs."""

    frames: tuple[str, ...]
    """Outermost first."""
    weight: float
    """Seconds, samples or bytes: the profile's unit."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One profiled sample of one workload."""

    profiler: str
    unit: str
    total: float
    """The whole that shares refer to, in `unit`."""
    hotspots: tuple[Hotspot, ...]
    """Most expensive first by own share."""
    lines: tuple[LineCost, ...] = ()
    stacks: tuple[Stack, ...] = ()
