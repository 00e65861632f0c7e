"""The process of one run: `python -m worker.child RUN WORKER ATTEMPT PARENT`, started by worker/supervise.py; or of one who
helps it: `python -m worker.child RUN WORKER help PARENT`.

It holds nothing that its death could lose: all it knows is in the store, where it writes as the holder of the run's claim, or of
the candidates that it has taken.
"""

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from core.errors import MachineError, PerfsmithError, is_of_machine
from core.queue import MOST_ATTEMPTS, Claim, Helper
from core.run import reason_of
from store.sql import SqlStore
from worker.chronicle import Chronicle
from worker.crew import Helped
from worker.job import Job
from worker.kinship import die_with
from worker.memory import opened
from worker.process import HELP
from worker.report.plain import one_line
from worker.settings import Settings, read_settings

CANCELLED = "cancelled on request"
FAILED, CUT_OFF = 1, 130
LONGEST_REASON = 200

Execute = Callable[[Job], object]
Assist = Callable[[Helper, SqlStore, Settings], object]


def main(argv: Sequence[str], execute: Execute | None = None, assist: Assist | None = None) -> int:
    """Work on the run to its end, or help as long as that is wanted. 0 when it has ended well, 130 when it was told to stop,
    else 1.
    """
    run_id, worker, attempt, parent = argv
    die_with(int(parent))
    signal.signal(signal.SIGTERM, _cut_off)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("worker").setLevel(logging.INFO)
    try:
        settings = read_settings(os.environ)
        with opened(settings) as store:
            if attempt == HELP:
                (assist or _real_assist())(Helper(run_id=run_id, worker=worker), store, settings)
            else:
                claim = Claim(run_id=run_id, worker=worker, attempt=int(attempt))
                _work(_job(claim, store, settings), claim, store, execute or _real_execute())
    except KeyboardInterrupt:
        return CUT_OFF
    except PerfsmithError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return FAILED
    return 0


def _work(job: Job, claim: Claim, store: SqlStore, execute: Execute) -> None:
    """Leave the run to other machines where this one is unable to work on it. A sandbox that broke had begun: the code in it may
    break it everywhere, so that this counts as an attempt.
    """
    try:
        execute(job)
    except PerfsmithError as error:
        if is_of_machine(error):
            store.queue.set_aside(
                claim,
                reason=one_line(reason_of(error), longest=LONGEST_REASON),
                hours=job.settings.work.unable_hours,
                is_attempt=not isinstance(error, MachineError),
            )
        raise


def _job(claim: Claim, store: SqlStore, settings: Settings) -> Job:
    held = store.held(claim)
    return Job(
        run_id=claim.run_id,
        store=held,
        settings=settings,
        notify=Chronicle(run_id=claim.run_id, store=held),
        interrupted=lambda: False,
        archive=lambda: store.queue.archive(claim.run_id),
        is_shared=True,
        is_retried=claim.attempt < MOST_ATTEMPTS,
        patience_seconds=settings.work.lease_seconds,  # whoever held the run before has noticed by then
        cut_off=CANCELLED,
        crew=Helped(helping=store.helping, claim=claim),
    )


# These take seconds to import, in which the child already dies with its parent and can be told to stop.


def _real_execute() -> Execute:
    from worker.execute import execute  # noqa: PLC0415

    return execute


def _real_assist() -> Assist:
    from worker.assist import assist  # noqa: PLC0415

    return assist


def _cut_off(signum: int, frame: FrameType | None) -> None:
    del signum, frame
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
