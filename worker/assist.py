"""Help with a search that a worker of another machine holds: evaluate its candidates here, for as long as that is wanted."""

import hashlib
import logging
import time

from agent.baseline import unchanged
from agent.decide import decide
from agent.evaluate import search_plan
from agent.pending import observed
from agent.search import Bench
from core.candidate import Candidate
from core.errors import LostClaimError
from core.progress import CandidateProposed, Event, Noted, StageStarted
from core.queue import Helper
from sandbox.scratch import remove
from store.sql import SqlStore
from worker.assemble import benched
from worker.job import Job
from worker.machine import claimed
from worker.settings import Settings
from worker.source import obtain_again

PAUSE_SECONDS = 1.0
"""Between two looks for a candidate."""

_log = logging.getLogger(__name__)


def assist(helper: Helper, store: SqlStore, settings: Settings) -> None:
    """Build what the run's holder has built, and evaluate candidates until the search is over or a run waits for a worker.

    ConfigError when the run does not work on this machine, SandboxError when the sandbox breaks, StoreError when nothing can be
    read or stored. That the help was ended from elsewhere is an end like any other.
    """
    try:
        _assist(helper, store, settings)
    except LostClaimError as error:
        _log.info("the help ends: %s", error)


def _assist(helper: Helper, store: SqlStore, settings: Settings) -> None:
    run = store.catalogue.run(helper.run_id)
    job = Job(
        run_id=run.id,
        store=store,
        settings=settings,
        notify=_note,
        interrupted=lambda: False,
        archive=lambda: store.queue.archive(run.id),
    )
    workspace = settings.workspace(f"{run.id}-{_short(settings.work.machine)}")  # machines may share a home
    with claimed(workspace, run.id, patience_seconds=settings.work.lease_seconds):
        try:
            tree = obtain_again(run.problem, workspace, settings.sources, job.archive)
            with benched(run, tree, job) as bench:
                _evaluate_all(helper, bench, store)
        finally:
            remove(workspace)


def _short(machine: str) -> str:
    return hashlib.sha256(machine.encode()).hexdigest()[:8]


def _evaluate_all(helper: Helper, bench: Bench, store: SqlStore) -> None:
    if store.helping.is_wanted(helper):
        unchanged(bench)
        store.helping.prepared(helper)
    while store.helping.is_wanted(helper):
        candidate = store.helping.next(helper)
        if candidate is None:
            time.sleep(PAUSE_SECONDS)
        else:
            _evaluate(candidate, helper, bench, store)


def _evaluate(candidate: Candidate, helper: Helper, bench: Bench, store: SqlStore) -> None:
    seen = observed(bench, candidate)
    decision = decide(seen.evaluation, bench.problem, search_plan(bench.problem.objective))
    store.helping.decide(helper, seen.number, seen.evaluation, decision)
    _log.info("candidate %d: %s", seen.number, decision.verdict)


def _note(event: Event) -> None:
    """Into this worker's log: the run's own is its holder's."""
    match event:
        case StageStarted(stage=stage, detail=detail):
            _log.info("helping: %s %s", stage, detail)
        case Noted(message=message):
            _log.info("helping: %s", message)
        case CandidateProposed(candidate=candidate):
            _log.info("helping: candidate %d", candidate.number)
