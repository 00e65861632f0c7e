"""A child process whose run is a small one: the stages of a real run in order, with real candidates in the real store.

`python -m tests.worker.faults.stand_in RUN WORKER ATTEMPT PARENT`, as a worker starts it in place of `worker.child`.
"""

import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from core.candidate import Candidate, Decision, Evaluation, Proposal, Verdict
from core.errors import SandboxError
from core.progress import Noted, StageStarted
from core.proposing import ModelCall
from core.run import RunStatus
from worker.child import main
from worker.job import Job
from worker.machine import claimed

PAUSE = "PERFSMITH_TEST_PAUSE"
"""How many seconds a stage takes."""
DIES = "PERFSMITH_TEST_DIES"
"""Given: the process breaks in this stage."""
BREAKS = "PERFSMITH_TEST_BREAKS"
"""Given: the sandbox breaks in this stage."""
CANDIDATES = 2
STAGES = ("environment", "baseline", "search", "confirm")


def execute(job: Job) -> None:
    """Like `worker.execute.execute`, without code to be made faster."""
    with claimed(job.settings.workspace(job.run_id), job.run_id, patience_seconds=job.patience_seconds):
        job.store.transition(job.run_id, RunStatus.RUNNING)
        try:
            _work(job)
        except KeyboardInterrupt:
            job.store.transition(job.run_id, RunStatus.CANCELLED, stopped_by=job.cut_off)
            raise
        job.store.transition(job.run_id, RunStatus.FINISHED, stopped_by="nothing left to propose")


def _work(job: Job) -> None:
    for stage in STAGES:
        job.notify(StageStarted(stage=stage))
        for _ in _slices(float(os.environ.get(PAUSE, "0"))):
            pass
        if os.environ.get(DIES) == stage:
            sys.stderr.write("the machine is on fire\n")
            os._exit(9)
        if os.environ.get(BREAKS) == stage:
            raise SandboxError("the spawner died")
        if stage == "search":
            for number in range(CANDIDATES):
                _grow(job, number)
    job.notify(Noted(message="nothing left to propose"))


def _slices(seconds: float) -> Iterator[None]:
    """Time passes, and a signal gets through."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.05))
        yield


def _grow(job: Job, number: int) -> None:
    """Propose a candidate where an earlier process has not, and decide it likewise."""
    known = {candidate.number: candidate for candidate in job.store.load(job.run_id).candidates}
    if number not in known:
        patch = _answer(job, f"candidate {number}") if number else ""
        proposal = Proposal(patch=patch, rationale="", direction="", proposer="stand-in")
        candidate = Candidate(number=number, parent=0 if number else None, proposal=proposal)
        job.store.history(job.run_id).propose(candidate)
    if number not in known or known[number].decision is None:
        verdict = Verdict.NOT_FASTER if number else Verdict.BASELINE
        job.store.history(job.run_id).decide(number, Evaluation(), Decision(verdict=verdict, reason=""))


def _answer(job: Job, question: str) -> str:
    """The model's answer, paid for once."""
    ledger = job.store.ledger(job.run_id)
    known = ledger.recall(question)
    if known is not None:
        return known.answer
    call = ModelCall(
        key=question,
        candidate=1,
        purpose="edit",
        model="m",
        prompt=question,
        answer="an answer",
        error="",
        input_tokens=1,
        output_tokens=1,
        dollars=0.5,
        seconds=0.0,
        asked_at=datetime.now(UTC),
    )
    ledger.record(call)
    return call.answer


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], execute))
