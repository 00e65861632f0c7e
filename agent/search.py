"""Everything that a search works with, put together once by the worker and handed to each verb."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from core.admission import Grounds
from core.execution import Environment
from core.problem import Problem
from core.profile import Hotspot
from core.protocols import (
    Check,
    Crew,
    History,
    Ledger,
    Listener,
    Profiler,
    Proposer,
    Replayer,
    Sandbox,
    SandboxProvider,
    Strategy,
    Workload,
)
from core.spend import Budget


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """A workload and how often one sample repeats it to be measurable."""

    workload: Workload
    loops: int
    apart: Workload | None = None
    """The same, but no repetition finds anything of another in its memory; None where that can't be timed."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Where candidates are evaluated against the original."""

    problem: Problem
    sources: Mapping[str, str]
    """Text of every editable file at the run's revision."""
    may_edit: Callable[[str], bool]
    """Whether a candidate may change or create the file at this path."""
    grounds: Grounds
    """The repository's files and the names that are taken, against which new files are held."""
    provider: SandboxProvider
    environment: Environment
    original: Sandbox
    """The twin that every candidate is measured against; open for the whole run."""
    workloads: tuple[Repeated, ...]
    checks: tuple[Check, ...]
    replayer: Replayer | None
    """Shows whether a gain is one on other inputs, too; None where nobody asks."""
    profilers: tuple[Profiler, ...]
    line_profiler: Callable[[Sequence[Hotspot]], Profiler] | None
    """Looks at single lines of the given functions."""
    measuring: Callable[[], AbstractContextManager[None]]
    """Held while samples are timed: one timing at a time on a machine."""
    seed: int
    machine: str
    """Where this is, by the name that goes into evaluations."""
    notify: Listener


@dataclass(frozen=True, kw_only=True)
class Search:
    """A bench, who proposes, who selects, and where it is written down."""

    bench: Bench
    strategy: Strategy
    proposers: tuple[Proposer, ...]
    budget: Budget
    history: History
    ledger: Ledger
    known: int
    """How many candidates the run had when this process took it up."""
    interrupted: Callable[[], bool]
    """Whether the user asked to end the search."""
    crew: Crew
    """Who evaluates candidates."""
