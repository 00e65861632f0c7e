"""Holds an event for as long as somebody attends to it, whatever they are waiting for."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import StoreError
from core.inbox import Inbox
from worker.settings import RENEWALS_IN_A_LEASE

_log = logging.getLogger(__name__)


@contextmanager
def held(inbox: Inbox, event_id: str, holder: str, *, seconds: float) -> Iterator[threading.Event]:
    """Renew a lease of so many seconds while the context lasts. What it gives is set when the event is another's by now, or
    may be, since the database was out of reach for that long.
    """
    over, lost = threading.Event(), threading.Event()

    def renew() -> None:
        until = time.monotonic() + seconds
        while not over.wait(seconds / RENEWALS_IN_A_LEASE) and not lost.is_set():
            asked_at = time.monotonic()
            try:
                is_ours = inbox.hold(event_id, holder, lease_seconds=seconds)
            except StoreError as error:
                _log.warning("event %s can't be held: %s", event_id, error)
                is_ours = asked_at < until
            else:
                until = asked_at + seconds
            if not is_ours:
                lost.set()

    renewing = threading.Thread(target=renew, daemon=True)
    renewing.start()
    try:
        yield lost
    finally:
        over.set()
        renewing.join()
