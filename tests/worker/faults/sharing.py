"""A child whose run has many candidates at once, or who helps with them: `python -m tests.worker.faults.sharing RUN WORKER ATTEMPT
PARENT`, in place of `worker.child`. Each candidate takes PAUSE seconds.
"""

import os
import sys
import time
from dataclasses import replace

from core.candidate import Candidate, Decision, Evaluation, Proposal, Verdict
from core.progress import SEARCH, StageStarted
from core.queue import Helper
from core.run import RunStatus
from store.sql import SqlStore
from tests.worker.faults.stand_in import PAUSE
from worker.child import main
from worker.job import Job
from worker.machine import claimed
from worker.settings import Settings

MACHINES = "PERFSMITH_TEST_MACHINES"
"""How many machines have to be ready before the first candidate is evaluated."""
CANDIDATES = 12
_NOT_FASTER = Decision(verdict=Verdict.NOT_FASTER, reason="")


def execute(job: Job) -> None:
    """A search that has proposed everything, and takes what helpers have not."""
    with claimed(job.settings.workspace(job.run_id), job.run_id, patience_seconds=job.patience_seconds):
        job.store.transition(job.run_id, RunStatus.RUNNING)
        history = job.store.history(job.run_id)
        for number in range(len(job.store.load(job.run_id).candidates), CANDIDATES):
            proposal = Proposal(patch=f"patch {number}", rationale="", direction="", proposer="sharing")
            history.propose(Candidate(number=number, parent=0 if number else None, proposal=proposal))
        if job.store.load(job.run_id).candidates[0].decision is None:
            history.decide(0, Evaluation(), Decision(verdict=Verdict.BASELINE, reason=""))
        job.notify(StageStarted(stage=SEARCH))
        while len(job.store.load(job.run_id).pending) == CANDIDATES - 1 and job.crew.width < int(os.environ[MACHINES]):
            time.sleep(0.05)
        while pending := job.store.load(job.run_id).pending:
            mine = next((each for each in pending if job.crew.take(each.number)), None)
            if mine is None:
                job.crew.wait()
            else:
                history.decide(mine.number, _evaluated(job.settings), _NOT_FASTER)
        job.notify(StageStarted(stage="confirm"))
        job.store.transition(job.run_id, RunStatus.FINISHED)


def assist(helper: Helper, store: SqlStore, settings: Settings) -> None:
    """Like `worker.assist.assist`."""
    store.helping.prepared(helper)
    while store.helping.is_wanted(helper):
        candidate = store.helping.next(helper)
        if candidate is not None:
            store.helping.decide(helper, candidate.number, _evaluated(settings), _NOT_FASTER)


def _evaluated(settings: Settings) -> Evaluation:
    time.sleep(float(os.environ[PAUSE]))
    return replace(Evaluation(), machine=settings.work.machine)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], execute, assist))
