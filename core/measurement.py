"""Costs of samples, pairs of samples, and the speedup they show."""

from collections.abc import Callable
from dataclasses import dataclass

from core.problem import Objective


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What one sample of a workload cost; lower is better throughout."""

    wall_seconds: float
    cpu_seconds: float
    memory_bytes: int
    instructions: int | None = None
    """None when the objective does not need them counted."""
    uncounted: int = 0
    """Programs whose instructions are not among those: each was replaced by another one, or killed."""
    reported: float | None = None
    """What the workload itself says it cost; None when it is not asked."""

    def of(self, objective: Objective) -> float:
        """The cost under `objective`."""
        readers: dict[Objective, Callable[[], float | None]] = {
            Objective.WALL: lambda: self.wall_seconds,
            Objective.CPU: lambda: self.cpu_seconds,
            Objective.MEMORY: lambda: self.memory_bytes,
            Objective.INSTRUCTIONS: lambda: self.instructions,
            Objective.REPORTED: lambda: self.reported,
        }
        cost = readers[objective]()
        if cost is None:
            message = f"this sample holds no {objective}"
            raise ValueError(message)
        return float(cost)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One sample of the original and one of the candidate, taken one right after the other."""

    original: Costs
    candidate: Costs
    original_first: bool


@dataclass(frozen=True, kw_only=True)
class Timing:
    """All pairs of one workload, in the order they were taken."""

    workload: str
    loops: int
    """How often a sample repeats the workload to be measurable."""
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, kw_only=True)
class Speedup:
    """Original cost / candidate cost with an interval; above 1 is faster."""

    estimate: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.estimate:.3g}× [{self.low:.3g}, {self.high:.3g}]"
