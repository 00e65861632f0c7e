"""How often a sample of a workload repeats it, found out by trying on the original."""

from collections.abc import Sequence
from dataclasses import replace

from agent.search import Repeated
from core.errors import ConfigError
from core.execution import ExecResult
from core.output import OutputRule, difference
from core.problem import Objective, Problem, WorkloadKind, WorkloadSpec
from core.protocols import Sandbox, Workload
from profiler.calibration import is_worth_a_process, loops_beyond_start, next_loops, shows_enough
from profiler.instructions import COUNTING_SLOWDOWN
from profiler.workloads.factory import apart_of, workload_of

_APART = frozenset({Objective.WALL, Objective.CPU})
"""Objectives that fall when work is remembered; where instructions are counted, processes of repetitions would count, too."""
_PATIENCE = 10.0
"""So many times as long as without, a sample with a process for each repetition may take before it counts as hung."""
_HASH_SEEDS = ("1", "2", "3")


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
    kind, loops, seconds = workload.spec.kind, 1, _seconds(workload, original, 1)
    if kind is WorkloadKind.COMMAND:
        return 1  # it starts its own processes each time, and would find what it has left on the disk
    while (more := next_loops(kind, loops, seconds)) is not None:
        loops, seconds = more, _seconds(workload, original, more)
    return loops_beyond_start(loops, seconds, lambda more: _seconds(workload, original, more))


def _apart(plain: Workload, loops: int, problem: Problem, original: Sandbox) -> Workload | None:
    """The workload with a process for each repetition; None unless the original shows that it can be timed so."""
    workload = apart_of(plain.spec, problem.timeout_seconds)
    if workload is None or problem.objective not in _APART:
        return None
    seconds = _seconds(plain, original, loops)
    if not is_worth_a_process(loops, seconds):
        return None
    limit = min(problem.timeout_seconds, _PATIENCE * max(1.0, seconds))
    command = replace(workload.command(original.layout, loops=loops), timeout_seconds=limit)
    results = [
        original.run(replace(command, environment={**command.environment, "PYTHONHASHSEED": seed}))
        for seed in _HASH_SEEDS
    ]
    # A slow spell of the machine makes one of them longer, and hardly all.
    is_measurable = shows_enough(seconds, min(result.wall_seconds for result in results))
    return workload if is_measurable and _agree(results, problem.output_of(plain.spec)) else None


def _agree(results: Sequence[ExecResult], rule: OutputRule) -> bool:
    """Whether all succeeded and printed the same."""
    first, *others = results
    return all(result.succeeded and not result.left_behind for result in results) and not any(
        difference(rule, first.stdout, other.stdout) for other in others
    )


def _seconds(workload: Workload, original: Sandbox, loops: int) -> float:
    result = original.run(workload.command(original.layout, loops=loops))
    if not result.succeeded:
        raise ConfigError(f"the workload {workload.spec} fails on the unchanged code: {result.failure}")
    return result.wall_seconds
