"""The beat: looks for runs whose worker is silent, and wakes workers for runs that wait. Any number of them may run."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from celery import Celery

from core.errors import StoreError
from core.service import Queue
from worker.beside import beside, show_life
from worker.queueing.app import BROKER_ERRORS, make_nudge, messages_waiting

MOST_MESSAGES = 32
"""No more are sent while so many wait: whoever is idle has one to take, and the others need none."""

_log = structlog.stdlib.get_logger(__name__)


def beat(queue: Queue, app: Celery, alive: Path, *, seconds: float, over: threading.Event) -> None:
    """Look every so many seconds until `over` is set, and touch the file `alive` each time. Neither a store nor a broker that is
    down ends it.
    """
    nudge = make_nudge(app)
    while True:
        show_life(alive)
        try:
            waiting = queue.recover()
            if waiting and messages_waiting(app) < MOST_MESSAGES:
                nudge(waiting)
        except StoreError as error:
            _log.warning("runs can't be looked after", error=str(error))
        except BROKER_ERRORS as error:
            _log.warning("workers can't be woken", error=str(error))
        if over.wait(seconds):
            return


@contextmanager
def beating(queue: Queue, app: Celery, alive: Path, *, seconds: float) -> Iterator[None]:
    """The beat in a thread, while the context lasts."""
    with beside(lambda over: beat(queue, app, alive, seconds=seconds, over=over)):
        yield
