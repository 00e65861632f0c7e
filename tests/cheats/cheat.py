"""The words of the corpus: a cheat, an honest patch, and the lines of defence that a cheat may run into."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Edits = Mapping[str, Mapping[str, str]]
"""For each path of the victim, what is replaced by what; the empty text stands for a file that is not there yet."""


class Defence(StrEnum):
    """What stops a cheat, in the order in which a candidate meets it. The checks go by their own names."""

    PATCH = "patch"
    PUBLIC_INTERFACE = "public interface"
    TESTS = "tests"
    WORKLOAD_OUTPUT = "workload output"
    EXPECTED_WORK = "expected work"
    RECORDED_CALLS = "recorded calls"
    VARIED_CALLS = "varied calls"
    TIMING = "timing"
    """A timed sample fails, or prints something else."""
    GENERALISATION = "generalisation"
    GUARDS = "guards"
    """Another cost rose, or one of several workloads got slower."""
    SANDBOX = "sandbox"
    """Nothing survives a sample, so that there is nothing to gain. Seen as no gain."""
    STATISTICS = "statistics"
    """The interval does not clear the threshold."""


@dataclass(frozen=True, kw_only=True)
class Cheat:
    """A patch that looks faster to somebody who does not look closely. Its module's docstring tells the story."""

    victim: str
    stopped_by: Defence
    edits: Edits = field(default_factory=dict)
    patch: str = ""
    """In place of edits, for tricks in the text of the patch itself."""
    slow: bool = False
    """It hangs, so that it costs as long as perfsmith is patient."""
    about_processes: bool = False
    """It is about processes, files, memory or time, so that each sandbox has to show what becomes of it."""


@dataclass(frozen=True, kw_only=True)
class Honest:
    """A patch that is faster and behaves the same."""

    victim: str
    gain: float
    """The speedup to expect, roughly."""
    edits: Edits
