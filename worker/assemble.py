"""Put a search together: environment, twin sandbox, calibrated workloads, checks, proposers."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.importable import importable
from agent.proposers.given import Given
from agent.search import Bench, Repeated, Search
from checks.call_replays import CallReplays
from checks.calls.recordings import Recordings
from checks.interface import InterfaceUnchanged
from checks.output import OutputUnchanged
from checks.recorded_calls import RecordedCalls
from checks.same_work import ExpectedWork
from checks.tests import TestsPass
from checks.varied_calls import VariedCalls
from core.admission import Grounds
from core.execution import Environment
from core.problem import Objective, Problem
from core.profile import Hotspot
from core.progress import Noted, StageStarted
from core.protocols import Check, Profiler, Proposer, Replayer, Sandbox, SandboxProvider, Workload
from core.run import Run, RunKind
from profiler.instructions import COUNTING_SLOWDOWN, Counted
from profiler.lines import Lines
from profiler.workloads.factory import workload_of
from sandbox.applying import may_edit
from sandbox.repository import paths_of, read_sources
from worker.backends import resolve
from worker.calibrate import calibrated
from worker.job import Job
from worker.machine import timing_alone
from worker.problem.protection import named_in
from worker.submit import supplies


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """Where candidates of a run are tried."""

    provider: SandboxProvider
    environment: Environment
    original: Sandbox


@contextmanager
def assembled(run: Run, tree: Path, job: Job) -> Iterator[Search]:
    """The search of `run`, with everything it needs open. ConfigError when the problem itself does not hold."""
    with ExitStack() as stack:
        bench = stack.enter_context(benched(run, tree, job))
        yield Search(
            bench=bench,
            strategy=resolve("strategy", run.backends.strategy),
            proposers=_proposers(run, job, stack),
            budget=run.budget,
            history=job.store.history(run.id),
            ledger=job.store.ledger(run.id),
            known=len(job.store.load(run.id).candidates),
            interrupted=job.interrupted,
            crew=job.crew,
        )


@contextmanager
def benched(run: Run, tree: Path, job: Job) -> Iterator[Bench]:
    """What evaluates the candidates of `run` on this machine, whoever proposes them. ConfigError as above."""
    problem = run.problem
    provider: SandboxProvider = resolve("sandbox", run.backends.sandbox, **_supplied(run, job))
    job.notify(StageStarted(stage="environment", detail="; ".join(problem.setup)))
    environment = provider.prepare(tree, problem.setup, timeout_seconds=problem.setup_timeout_seconds)
    with provider.open(environment, {}) as original:
        yield _bench(run, tree, job, _Ground(provider=provider, environment=environment, original=original))


def _supplied(run: Run, job: Job) -> dict[str, object]:
    return {**supplies(job.settings), "run": run.id}


def _bench(run: Run, tree: Path, job: Job, ground: _Ground) -> Bench:
    problem = run.problem
    checks, workloads, replayer = _prepared(problem, ground.original, job, seed=run.seed)
    return Bench(
        problem=problem,
        sources=read_sources(tree, problem.editable),
        may_edit=may_edit(problem.editable, tree),
        grounds=Grounds(
            files=paths_of(tree),
            taken=importable(ground.original),
            named=named_in(problem.tests, problem.workloads),
        ),
        provider=ground.provider,
        environment=ground.environment,
        original=ground.original,
        workloads=workloads,
        checks=checks,
        replayer=replayer,
        profilers=tuple(resolve("profiler", spec) for spec in run.backends.profilers),
        line_profiler=_lines,
        measuring=timing_alone,
        seed=run.seed,
        machine=job.settings.work.machine,
        notify=job.notify,
    )


def _prepared(
    problem: Problem, original: Sandbox, job: Job, *, seed: int
) -> tuple[tuple[Check, ...], tuple[Repeated, ...], Replayer]:
    """Checks that know the original's behaviour, workloads that are long enough to be measured, and what replays calls."""
    job.notify(StageStarted(stage="baseline", detail="tests"))
    tests = TestsPass(
        line=problem.tests,
        timeout_seconds=problem.timeout_seconds,
        note=lambda message: job.notify(Noted(message=message)),
    )
    tests.prepare(original)
    job.notify(StageStarted(stage="baseline", detail="workload"))
    workloads = tuple(calibrated(spec, problem, original) for spec in problem.workloads)
    output = OutputUnchanged(
        workloads=[(repeated.workload, repeated.loops) for repeated in workloads],
        rule_of=problem.output_of,
    )
    output.prepare(original)
    recordings = _recordings(problem, workloads)
    checks = (
        InterfaceUnchanged(),
        tests,
        output,
        RecordedCalls(recordings=recordings),
        ExpectedWork(recordings=recordings),
        VariedCalls(recordings=recordings, seed=seed),
    )
    return checks, workloads, _replays(recordings, problem, seed)


def _recordings(problem: Problem, workloads: Sequence[Repeated]) -> Recordings:
    return Recordings(
        tests=problem.tests,
        workloads=[(_plain(repeated, problem), repeated.loops) for repeated in workloads],
        timeout_seconds=problem.timeout_seconds,
    )


def _replays(recordings: Recordings, problem: Problem, seed: int) -> CallReplays:
    """Replays whose instructions are counted when those are the objective."""
    is_counted = problem.objective is Objective.INSTRUCTIONS
    return CallReplays(
        recordings=recordings,
        seed=seed,
        timeout_seconds=problem.timeout_seconds * (COUNTING_SLOWDOWN if is_counted else 1),
        wrap=_counted if is_counted else None,
    )


def _counted(workload: Workload) -> Workload:
    return Counted(workload=workload)


def _plain(repeated: Repeated, problem: Problem) -> Workload:
    """The workload as it is when nothing of it is counted: another program between it and the recorder would not help."""
    return workload_of(repeated.workload.spec, Objective.WALL, problem.timeout_seconds)


def _lines(hotspots: Sequence[Hotspot]) -> Profiler:
    return Lines(functions=tuple(f"{hotspot.path}:{hotspot.function}" for hotspot in hotspots))


def _proposers(run: Run, job: Job, stack: ExitStack) -> tuple[Proposer, ...]:
    """The run's proposers; those that own something (a server, a client) are closed with the search."""
    if run.kind is RunKind.JUDGE:
        return (Given(patch=run.judged_patch),)
    supplied = _supplied(run, job)
    proposers = [resolve("proposer", spec, **supplied) for spec in run.backends.proposers]
    return tuple(stack.enter_context(each) if hasattr(each, "__enter__") else each for each in proposers)
