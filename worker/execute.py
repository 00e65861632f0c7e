"""One run from claimed to finished: materialise, environment, baseline, search, minimise, confirm, hand out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from agent.baseline import establish
from agent.canary import send_canary
from agent.confirm import confirm
from agent.graph import search_until_stopped
from agent.minimise import minimise
from agent.profiling import profile_candidate
from agent.search import Search
from core.errors import MachineError, PerfsmithError, StoreError, is_of_machine
from core.progress import SEARCH, Noted, StageStarted
from core.run import Record, Run, RunKind, RunStatus, reason_of
from sandbox.archives import DISK_FULL
from worker.assemble import assembled
from worker.handout import Handout, hand_out
from worker.job import INTERRUPTED, Job
from worker.machine import claimed
from worker.source import obtain_again


def execute(job: Job) -> Handout:
    """Work on the run until it has ended, from wherever an earlier process left it, and hand out what came of it.

    PerfsmithError when it failed and KeyboardInterrupt when it was cut off; both are recorded and handed out, too.
    """
    run = job.store.load(job.run_id).run
    with claimed(job.settings.workspace(run.id), run.id, patience_seconds=job.patience_seconds):
        job.store.transition(run.id, RunStatus.RUNNING)
        try:
            with _disk_full_explained(job):
                stopped_by = _work(job, run)
        except PerfsmithError as error:
            if not _may_pass(error, job):
                _end(job, run, RunStatus.FAILED, error=reason_of(error))
            elif is_of_machine(error):
                job.notify(
                    Noted(message=f"{job.settings.work.machine} leaves the run to other workers, or to later: {error}")
                )
            raise
        except KeyboardInterrupt:
            _end(job, run, RunStatus.CANCELLED, stopped_by=job.cut_off)
            raise
        except BaseException as error:
            _end(job, run, RunStatus.FAILED, error=f"a bug of perfsmith: {type(error).__name__}: {error}")
            raise
        return _end(job, run, RunStatus.FINISHED, stopped_by=stopped_by)


def _may_pass(error: PerfsmithError, job: Job) -> bool:
    """Whether somebody takes the run up again. That this machine is unable to is no attempt, so that it is never the last."""
    if isinstance(error, MachineError):
        return job.is_shared
    return job.is_retried and (isinstance(error, StoreError) or is_of_machine(error))


@contextmanager
def _disk_full_explained(job: Job) -> Iterator[None]:
    """StoreError when there is no room left on a disk: nothing more can be remembered."""
    try:
        yield
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        where = error.filename or job.settings.home
        raise StoreError(f"the disk is full: {where} can't be written; free some space and resume the run") from error


def _end(job: Job, run: Run, status: RunStatus, *, error: str = "", stopped_by: str = "") -> Handout:
    job.store.transition(run.id, status, error=error, stopped_by=stopped_by)
    job.notify(StageStarted(stage="report"))
    return hand_out(job.store.load(run.id), job.output or job.settings.workspace(run.id) / "output")


def _work(job: Job, run: Run) -> str:
    """Everything up to the confirmed patch; returns why the search ended."""
    tree = _materialised(job, run)
    with assembled(run, tree, job) as search:
        job.notify(StageStarted(stage="baseline", detail="profile and noise"))
        record = establish(search, job.store.load(run.id))
        job.notify(StageStarted(stage=SEARCH, detail=str(run.backends.strategy)))
        record, stopped_by = _searched(job, search, record)
        _conclude(job, search, record)
    return stopped_by


def _conclude(job: Job, search: Search, record: Record) -> None:
    """Canary, minimise, confirm, and profile the winner; the user's first interruption cuts the first two short."""
    if not job.interrupted():
        record = _cut_short(job, search, record, "canary", send_canary)
    if record.run.kind is RunKind.OPTIMIZE:
        record = _cut_short(job, search, record, "minimise", minimise)
    job.notify(StageStarted(stage="confirm"))
    record = _with_fresh_twin(search, record, confirm)
    if record.winner and record.winner.number not in record.profiles:
        profile_candidate(search, record, record.winner)


def _with_fresh_twin(search: Search, record: Record, work: Callable[[Search, Record], Record]) -> Record:
    """Do `work` with a twin of its own: what was interrupted may have left the old one in the middle of a sample."""
    bench = search.bench
    with bench.provider.open(bench.environment, {}) as original:
        return work(replace(search, bench=replace(bench, original=original)), record)


def _cut_short(
    job: Job, search: Search, record: Record, stage: str, work: Callable[[Search, Record], Record]
) -> Record:
    """The record after `work`, or what is stored of it when the user's first interruption or an error ended it: neither
    throws away what is proven.
    """
    job.notify(StageStarted(stage=stage))
    try:
        return _with_fresh_twin(search, record, work)
    except KeyboardInterrupt:
        if not job.interrupted():
            raise
    except StoreError:
        raise
    except PerfsmithError as error:
        job.notify(Noted(message=f"{stage} could not go on: {error}"))
    return job.store.load(record.run.id)


def _materialised(job: Job, run: Run) -> Path:
    """The source tree of the run's revision; made when the run was submitted, and again when it is gone."""
    workspace = job.settings.workspace(run.id)
    if not (workspace / "tree").is_dir():
        job.notify(StageStarted(stage="materialise", detail=run.problem.repository))
    return obtain_again(run.problem, workspace, job.settings.sources, job.archive)


def _searched(job: Job, search: Search, record: Record) -> tuple[Record, str]:
    """The record after the search. Neither the user's first interruption nor an error throws away what is proven; a store that
    fails is no end of the search.
    """
    try:
        return search_until_stopped(search, record)
    except KeyboardInterrupt:
        if not job.interrupted():
            raise
        return job.store.load(record.run.id), INTERRUPTED
    except StoreError:
        raise
    except PerfsmithError as error:
        so_far = job.store.load(record.run.id)
        if so_far.best is None:
            raise
        return so_far, f"the search could not go on: {error}"
