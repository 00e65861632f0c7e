"""The processes of the service that wait for work: a worker, and the beat."""

import signal
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from celery import Celery, signals

from worker.beat import beat, beating
from worker.kinship import variables_of_child
from worker.logs import start_logging
from worker.memory import opened
from worker.process import CHILD
from worker.queueing.app import QUEUE, WORK, make_celery, make_nudge
from worker.settings import Settings
from worker.shift import Shift
from worker.supervise import Workplace


def serve_worker(
    settings: Settings,
    environment: Mapping[str, str],
    *,
    concurrency: int,
    with_beat: bool,
    program: Sequence[str] = CHILD,
) -> int:
    """Work on runs until SIGTERM, which gives back at once what is being worked on. The status for the process to end with."""
    start_logging(settings.work.log_format)
    app = make_celery(settings)
    with opened(settings) as store, ExitStack() as stack:
        place = Workplace(
            store=store,
            settings=settings,
            nudge=make_nudge(app),
            variables=variables_of_child(environment),
            program=program,
        )
        shift = Shift(place=place, slots=concurrency)
        stack.enter_context(shift.reporting())
        stack.enter_context(shift.looking())
        if with_beat:
            stack.enter_context(
                beating(store.queue, app, settings.sign_of_life("beat"), seconds=settings.work.recover_seconds)
            )
        return _serve(app, shift)


def _serve(app: Celery, shift: Shift) -> int:
    def work(_: str) -> None:
        shift.work()

    def stop(**_: object) -> None:
        shift.stop()

    def keep_logging(**_: object) -> None:
        """Celery leaves logging alone when somebody listens to this."""

    app.task(work, name=WORK)
    signals.worker_shutting_down.connect(stop)
    signals.setup_logging.connect(keep_logging)
    worker = app.Worker(
        pool="threads",
        concurrency=shift.slots,
        queues=[QUEUE],
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def serve_beat(settings: Settings) -> None:
    """Look after runs until SIGTERM."""
    start_logging(settings.work.log_format)
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with opened(settings) as store:
        alive, seconds = settings.sign_of_life("beat"), settings.work.recover_seconds
        beat(store.queue, make_celery(settings), alive, seconds=seconds, over=over)
