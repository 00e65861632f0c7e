"""Holds a run for the child process that works on it: renews the lease, and ends the child when it is not wanted any more."""

import queue
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import structlog

from core.errors import LostClaimError, StoreError
from core.queue import MOST_ATTEMPTS, Claim, Helper, Wish
from core.run import RunStatus
from store.sql import SqlStore
from worker.child import CANCELLED
from worker.process import CHILD, Child, Mailbox, News, started
from worker.queueing.app import Nudge
from worker.settings import Settings, Work

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """What it takes to work on runs here."""

    store: SqlStore
    settings: Settings
    nudge: Nudge
    variables: Mapping[str, str] = field(repr=False)
    """The environment of children."""
    program: Sequence[str] = CHILD
    """What a child is: a command that takes the words of `worker.child`."""


def supervise(claim: Claim, place: Workplace, mailbox: Mailbox) -> None:
    """Work on the run until it has ended, is another's, or the mailbox says that this worker is to stop."""
    with started(claim, place.program, place.variables, mailbox) as child:
        reason = _watch(lambda: _renewed(claim, place), place.settings.work, mailbox)
        _log.info("the run leaves this worker", reason=str(reason))
        grace = place.settings.work.grace_seconds
        if reason is News.STOP:
            _give_back(claim, place)
            child.stop(grace_seconds=grace)
            return
        if reason is Wish.CANCELLED:
            child.stop(grace_seconds=grace)
        elif reason is Wish.OVER:
            child.leave(grace_seconds=grace)
        elif reason is Wish.LOST:
            child.kill()
            return
        _settle(claim, place, child)


def supervise_help(helper: Helper, place: Workplace, mailbox: Mailbox) -> bool:
    """Help with the run until its search is over, a run waits, or the mailbox says that this worker is to stop. False when
    the help ended badly.
    """
    with ExitStack() as stack:
        stack.callback(_leave, helper, place)
        try:
            child = stack.enter_context(started(helper, place.program, place.variables, mailbox))
        except OSError as error:
            _log.warning("the child that helps can't be started", error=str(error))
            return False
        reason = _watch(lambda: _renewed(helper, place), place.settings.work, mailbox)
        if reason is not News.ENDED:
            child.stop(grace_seconds=place.settings.work.grace_seconds)
        _log.info("the help has ended", reason=str(reason), status=child.status)
        return reason is not News.ENDED or child.status == 0


def _leave(helper: Helper, place: Workplace) -> None:
    try:
        place.store.helping.leave(helper)
    except StoreError as error:
        _log.warning("the help can't be ended; it ends with its lease", error=str(error))


def _watch(renewed: Callable[[], Wish | None], work: Work, mailbox: Mailbox) -> News | Wish:
    """Renew the lease until there is a reason to stop. By a clock that nobody can set, whatever the wall clock does."""
    held_until = time.monotonic() + work.lease_seconds
    while True:
        try:
            return mailbox.get(timeout=work.renewal_seconds)
        except queue.Empty:
            asked_at = time.monotonic()
            wish = renewed()
        if wish is Wish.WANTED:
            held_until = asked_at + work.lease_seconds
        elif wish is not None:
            return wish
        elif time.monotonic() >= held_until:
            return Wish.LOST


def _renewed(right: Claim | Helper, place: Workplace) -> Wish | None:
    """What is wanted; None when the store is out of reach."""
    lease = place.settings.work.lease_seconds
    try:
        if isinstance(right, Helper):
            return place.store.helping.renew(right, lease_seconds=lease)
        return place.store.queue.renew(right, lease_seconds=lease)
    except StoreError as error:
        _log.warning("the lease can't be renewed", error=str(error))
        return None


def _give_back(claim: Claim, place: Workplace) -> None:
    """Let the run wait again, before the child ends: from now on nothing that this writes counts."""
    try:
        place.store.queue.release(claim)
    except StoreError as error:
        _log.warning("the run can't be given back; it waits again when the lease has ended", error=str(error))
    else:
        place.nudge([claim.run_id])


def _settle(claim: Claim, place: Workplace, child: Child) -> None:
    """See to a run whose child is gone without having ended it or left it to other machines."""
    try:
        # The lease ends now: the next look for silent workers lets the run wait again, which counts as an attempt.
        wish = place.store.queue.renew(claim, lease_seconds=0)
        if wish is Wish.CANCELLED:
            place.store.held(claim).transition(claim.run_id, RunStatus.CANCELLED, stopped_by=CANCELLED)
        elif wish is Wish.WANTED:
            _log.warning("the child ended before its run", status=child.status, attempt=claim.attempt)
            if claim.attempt >= MOST_ATTEMPTS:
                _give_up(claim, place, child)
    except LostClaimError:
        _log.info("the run is another's by now")
    except StoreError as error:
        _log.warning("the run can't be seen to; it waits again when the lease has ended", error=str(error))


def _give_up(claim: Claim, place: Workplace, child: Child) -> None:
    words = f": {child.last_words}" if child.last_words else ""
    error = f"{claim.attempt} processes died over this run, the last with status {child.status}{words}"
    place.store.held(claim).transition(claim.run_id, RunStatus.FAILED, error=error)
