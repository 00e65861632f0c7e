"""What the user hands in: which repository, what may be edited, how to test it, and what must become faster."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.output import EXACT, OutputRule


class Objective(StrEnum):
    """What to lower."""

    WALL = "wall"
    CPU = "cpu"
    MEMORY = "memory"
    INSTRUCTIONS = "instructions"
    REPORTED = "reported"
    """A number that the workload prints."""


MIN_SPEEDUP = 1.01
"""What the lower end of a candidate's interval must clear unless told."""
MIN_SPEEDUP_COUNTED = 1.001
"""The same where costs repeat exactly."""


def min_speedup_of(objective: Objective) -> float:
    """The threshold that makes sense under `objective`."""
    return MIN_SPEEDUP_COUNTED if objective is Objective.INSTRUCTIONS else MIN_SPEEDUP


class WorkloadKind(StrEnum):
    """How a workload is written; the prefix before the colon in a problem's configuration."""

    COMMAND = "command"
    CALLABLE = "callable"
    PYTEST_BENCHMARK = "pytest-benchmark"
    PYPERF = "pyperf"
    ASV = "asv"


@dataclass(frozen=True, kw_only=True)
class WorkloadSpec:
    """One workload as the user wrote it."""

    kind: WorkloadKind
    target: str
    """A shell line, `module:function`, a pytest node id, a pyperf script's line or an asv benchmark's name."""

    @classmethod
    def parse(cls, text: str) -> "WorkloadSpec":
        """`kind:target` for a known kind, else a command; whitespace around it is dropped."""
        prefix, colon, rest = text.strip().partition(":")
        kinds = {kind.value: kind for kind in WorkloadKind}
        if colon and prefix in kinds:
            return cls(kind=kinds[prefix], target=rest.strip())
        return cls(kind=WorkloadKind.COMMAND, target=text.strip())

    def __str__(self) -> str:
        return self.target if self.kind is WorkloadKind.COMMAND else f"{self.kind}:{self.target}"


@dataclass(frozen=True, kw_only=True)
class Guards:
    """How much more of the other costs a candidate may use: factors on the original's median; None is no guard."""

    wall: float | None = 1.10
    cpu: float | None = 1.25
    memory: float | None = 1.25


class Generality(StrEnum):
    """What becomes of a gain that exists only on the workload's own input, or only when that is repeated in one process."""

    REQUIRE = "require"
    """The candidate is refused."""
    SHOW = "show"
    """It is said, and the candidate is accepted all the same."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A repository at a revision with all that a run needs to know about it."""

    repository: str
    """Path or URL as submitted."""
    revision: str
    """The full id of the commit that every patch is a diff against."""
    editable: tuple[str, ...]
    """Globs (gitignore syntax) of the files a candidate may change."""
    setup: tuple[str, ...]
    """Shell lines that install the repository and what its tests need into the environment."""
    tests: str
    """Shell line of the tests; all of them pass on the baseline."""
    workloads: tuple[WorkloadSpec, ...]
    objective: Objective = Objective.WALL
    min_speedup: float = MIN_SPEEDUP
    """The lower end of a candidate's interval must clear this."""
    timeout_seconds: float = 300.0
    """For the tests, and for one sample of a workload."""
    setup_timeout_seconds: float = 1200.0
    output: OutputRule = EXACT
    """What a command must print; what a harness of ours prints is compared byte by byte."""
    guards: Guards = Guards()
    generalise: Generality = Generality.REQUIRE

    def output_of(self, workload: WorkloadSpec) -> OutputRule:
        """What must stay of the workload's output: a harness of ours prints proof that the work was done."""
        return self.output if workload.kind is WorkloadKind.COMMAND else EXACT

    @property
    def title(self) -> str:
        """The repository's short name, for people."""
        return title_of(self.repository)


def title_of(repository: str) -> str:
    """The last part of a path or URL."""
    return repository.rstrip("/").removesuffix(".git").rpartition("/")[2] or repository


def describe_workloads(workloads: Sequence[WorkloadSpec]) -> str:
    """The workloads as one line for people."""
    return ", ".join(str(workload) for workload in workloads)
