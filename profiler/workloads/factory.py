"""From what the user wrote to a workload that can be sampled."""

from core.problem import Objective, WorkloadKind, WorkloadSpec
from core.protocols import Workload
from profiler.instructions import Counted
from profiler.reported import Reported
from profiler.workloads.asv import Asv
from profiler.workloads.callable import Callable
from profiler.workloads.command import Command
from profiler.workloads.pyperf import Pyperf
from profiler.workloads.pytest_benchmark import PytestBenchmark


def workload_of(spec: WorkloadSpec, objective: Objective, timeout_seconds: float) -> Workload:
    """The workload of `spec`, with its instructions counted or its own word taken where that is the objective.

    ConfigError when its target is not of the kind's form, or when its cost can't be had under this objective.
    """
    workload = _uncounted(spec, timeout_seconds)
    if objective is Objective.REPORTED:
        return Reported(workload=workload)
    return Counted(workload=workload) if objective is Objective.INSTRUCTIONS else workload


def apart_of(spec: WorkloadSpec, timeout_seconds: float) -> Workload | None:
    """The workload whose repetitions each have a process of their own; None where its kind can't be repeated so."""
    if spec.kind is not WorkloadKind.CALLABLE:
        return None
    return Callable(spec=spec, timeout_seconds=timeout_seconds, apart=True)


def _uncounted(spec: WorkloadSpec, timeout_seconds: float) -> Workload:
    match spec.kind:
        case WorkloadKind.COMMAND:
            return Command(spec=spec, timeout_seconds=timeout_seconds)
        case WorkloadKind.CALLABLE:
            return Callable(spec=spec, timeout_seconds=timeout_seconds)
        case WorkloadKind.PYTEST_BENCHMARK:
            return PytestBenchmark(spec=spec, timeout_seconds=timeout_seconds)
        case WorkloadKind.PYPERF:
            return Pyperf(spec=spec, timeout_seconds=timeout_seconds)
        case WorkloadKind.ASV:
            return Asv(spec=spec, timeout_seconds=timeout_seconds)
