"""How often a sample of a workload repeats it, found out by trying on the original."""

from agent.search import Repeated
from core.errors import ConfigError
from core.problem import Objective, Problem, WorkloadSpec
from core.protocols import Sandbox, Workload
from profiler.calibration import is_mostly_work, is_worth_a_process, loops_beyond_start, next_loops
from profiler.instructions import COUNTING_SLOWDOWN
from profiler.workloads.factory import apart_of, workload_of

_APART = frozenset({Objective.WALL, Objective.CPU})
"""Objectives that repeated work gains for: memory is a peak, and instructions are counted over few repetitions."""


def calibrated(spec: WorkloadSpec, problem: Problem, original: Sandbox) -> Repeated:
    """The workload, repeated often enough that a sample of the original is measurable; once where it reports its cost.

    ConfigError when it fails, or is too short however often it is repeated.
    """
    if problem.objective is Objective.REPORTED:
        return Repeated(workload=workload_of(spec, problem.objective, problem.timeout_seconds), loops=1)
    plain = workload_of(spec, Objective.WALL, problem.timeout_seconds)
    loops = _enough_loops(plain, original)
    if problem.objective is not Objective.INSTRUCTIONS:
        workload = workload_of(spec, problem.objective, problem.timeout_seconds)
        return Repeated(workload=workload, loops=loops, apart=_apart(plain, loops, problem, original))
    # A counted sample repeats exactly, so that it need not be long; and it is slower by this factor.
    counted = workload_of(spec, problem.objective, problem.timeout_seconds * COUNTING_SLOWDOWN)
    return Repeated(workload=counted, loops=max(1, loops // COUNTING_SLOWDOWN))


def _enough_loops(workload: Workload, original: Sandbox) -> int:
    kind, loops = workload.spec.kind, 1
    while (more := next_loops(kind, loops, seconds := _seconds(workload, original, loops))) is not None:
        loops = more
    return loops_beyond_start(kind, loops, seconds, lambda more: _seconds(workload, original, more))


def _apart(plain: Workload, loops: int, problem: Problem, original: Sandbox) -> Workload | None:
    """The workload with a process for each repetition, if that can be timed: the original may also fail in it."""
    workload = apart_of(plain.spec, problem.timeout_seconds)
    if workload is None or problem.objective not in _APART:
        return None
    seconds = _seconds(plain, original, loops)
    if not is_worth_a_process(loops, seconds):
        return None
    result = original.run(workload.command(original.layout, loops=loops))
    return workload if result.succeeded and is_mostly_work(seconds, result.wall_seconds) else None


def _seconds(workload: Workload, original: Sandbox, loops: int) -> float:
    result = original.run(workload.command(original.layout, loops=loops))
    if not result.succeeded:
        raise ConfigError(f"the workload {workload.spec} fails on the unchanged code: {result.failure}")
    return result.wall_seconds
