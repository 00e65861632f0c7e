"""How often a sample of a workload repeats it, found out by trying on the original."""

from agent.search import Repeated
from core.errors import ConfigError
from core.problem import Objective, Problem, WorkloadSpec
from core.protocols import Sandbox, Workload
from profiler.calibration import loops_beyond_start, next_loops
from profiler.instructions import COUNTING_SLOWDOWN
from profiler.workloads.factory import workload_of


def calibrated(spec: WorkloadSpec, problem: Problem, original: Sandbox) -> Repeated:
    """The workload, repeated often enough that a sample of the original is measurable; once where it reports its cost.

    ConfigError when it fails, or is too short however often it is repeated.
    """
    if problem.objective is Objective.REPORTED:
        return Repeated(workload=workload_of(spec, problem.objective, problem.timeout_seconds), loops=1)
    plain = workload_of(spec, Objective.WALL, problem.timeout_seconds)
    loops = _enough_loops(plain, original)
    if problem.objective is not Objective.INSTRUCTIONS:
        return Repeated(workload=workload_of(spec, problem.objective, problem.timeout_seconds), loops=loops)
    # A counted sample repeats exactly, so that it need not be long; and it is slower by this factor.
    counted = workload_of(spec, problem.objective, problem.timeout_seconds * COUNTING_SLOWDOWN)
    return Repeated(workload=counted, loops=max(1, loops // COUNTING_SLOWDOWN))


def _enough_loops(workload: Workload, original: Sandbox) -> int:
    kind, loops = workload.spec.kind, 1
    while (more := next_loops(kind, loops, seconds := _seconds(workload, original, loops))) is not None:
        loops = more
    return loops_beyond_start(kind, loops, seconds, lambda more: _seconds(workload, original, more))


def _seconds(workload: Workload, original: Sandbox, loops: int) -> float:
    result = original.run(workload.command(original.layout, loops=loops))
    if not result.succeeded:
        raise ConfigError(f"the workload {workload.spec} fails on the unchanged code: {result.failure}")
    return result.wall_seconds
