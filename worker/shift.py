"""What one worker process does from its start to its end: its slots take up runs while any wait, one run each at a time."""

import os
import queue
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version

import structlog

from core.errors import StoreError
from core.queue import Claim, Helper, WorkerState
from worker.beside import beside, show_life
from worker.keeping import clear_ended
from worker.process import Mailbox, News
from worker.resting import Resting
from worker.supervise import Workplace, supervise, supervise_help

REPORT_SECONDS = 15.0
"""How often a worker says that it is alive."""
REST_SECONDS = 600.0
"""A run whose help ended badly is not helped from here before: its setup may fail on this machine each time."""

_log = structlog.stdlib.get_logger(__name__)


@dataclass(kw_only=True)
class Slot:
    """A place in this process for one run at a time."""

    number: int
    mailbox: Mailbox = field(default_factory=queue.SimpleQueue)
    run_id: str = ""


@dataclass(kw_only=True)
class Shift:
    """The slots of this process. Its methods may be called from any thread."""

    place: Workplace
    slots: int
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _free: list[Slot] = field(init=False)
    _all: tuple[Slot, ...] = field(init=False)
    _change: threading.Lock = field(default_factory=threading.Lock, init=False)
    _stopped: threading.Event = field(default_factory=threading.Event, init=False)
    _unhelped: Resting = field(default_factory=lambda: Resting(seconds=REST_SECONDS), init=False)
    """Runs that could not be helped from here."""

    def __post_init__(self) -> None:
        self._all = tuple(Slot(number=number) for number in range(1, self.slots + 1))
        self._free = list(self._all)

    def work(self) -> None:
        """Take up runs until none waits, then help where help is wanted. A message is a reason to look; while all slots are busy
        nobody needs it: whoever is done looks again, and `looking` sees what comes in just then.
        """
        slot = self._occupied()
        if slot is None:
            return
        try:
            while self._has_worked(slot):
                pass
        finally:
            with self._change:
                self._free.append(slot)

    def _occupied(self) -> Slot | None:
        with self._change:
            return self._free.pop(0) if self._free else None

    def _has_worked(self, slot: Slot) -> bool:
        """Whether there was something to do in this slot, and it is done."""
        if claim := self._next(slot):
            self._work_on(claim, slot)
            return True
        if helper := self._whom_to_help(slot):
            self._help(helper, slot)
            return True
        return False

    def stop(self) -> None:
        """Give everything back and take up nothing more. A signal handler may call this: it waits for nobody."""
        self._stopped.set()
        for slot in self._all:
            slot.mailbox.put(News.STOP)

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look regularly for work while the context lasts: no message says that help is wanted."""
        with beside(self._look_until):
            try:
                yield
            finally:
                self.stop()

    def _look_until(self, over: threading.Event) -> None:
        show_life(self.place.settings.sign_of_life("worker"))
        # Who was killed here has left something. Neither work nor the end of this process waits until it is removed.
        threading.Thread(target=self._clear, daemon=True).start()
        begun: list[threading.Thread] = []
        while not over.wait(self.place.settings.work.recover_seconds):
            show_life(self.place.settings.sign_of_life("worker"))
            begun = [thread for thread in begun if thread.is_alive()]
            if self._free:
                begun.append(threading.Thread(target=self._work_unasked, daemon=True))
                begun[-1].start()
        for thread in begun:
            thread.join()

    def _work_unasked(self) -> None:
        try:
            self.work()
        except OSError as error:
            _log.warning("no work could be begun", error=str(error))

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Say regularly that this worker is alive while the context lasts, and at its end that it is not."""
        try:
            with beside(self._report_until):
                yield
        finally:
            self._forget()

    def _next(self, slot: Slot) -> Claim | None:
        if self._stopped.is_set() or not self._has_room():
            return None
        work = self.place.settings.work
        try:
            return self.place.store.queue.claim(
                self._holder(slot), machine=work.machine, lease_seconds=work.lease_seconds
            )
        except StoreError as error:
            _log.warning("no run can be claimed", error=str(error))
            return None

    def _work_on(self, claim: Claim, slot: Slot) -> None:
        with self._busy(slot, claim.run_id):
            _log.info("the run is taken up", attempt=claim.attempt, holder=claim.worker)
            supervise(claim, self.place, slot.mailbox)
        self._clear()

    def _clear(self) -> None:
        """Workers of a team have homes that nobody looks into. One that is to end leaves this to the next."""
        if self.place.settings.work.broker_url is None or self._stopped.is_set():
            return
        try:
            clear_ended(self.place.store, self.place.settings)
        except (StoreError, OSError) as error:
            _log.warning("what is left of runs that are over can't be removed", error=str(error))

    def _whom_to_help(self, slot: Slot) -> Helper | None:
        if self._stopped.is_set() or not self._has_room():
            return None
        work = self.place.settings.work
        try:
            return self.place.store.helping.assist(
                self._holder(slot),
                machine=work.machine,
                lease_seconds=work.lease_seconds,
                but=self._unhelped.runs(),
            )
        except StoreError as error:
            _log.warning("no run can be helped", error=str(error))
            return None

    def _help(self, helper: Helper, slot: Slot) -> None:
        with self._busy(slot, helper.run_id):
            _log.info("the run is helped", helper=helper.worker)
            if not supervise_help(helper, self.place, slot.mailbox):
                _log.warning("the run can't be helped from here for a while", seconds=REST_SECONDS)
                self._unhelped.add(helper.run_id)

    @contextmanager
    def _busy(self, slot: Slot, run_id: str) -> Iterator[None]:
        """The slot works on the run while the context lasts, and says so."""
        with structlog.contextvars.bound_contextvars(run=run_id):
            slot.mailbox = queue.SimpleQueue()
            slot.run_id = run_id
            if self._stopped.is_set():
                slot.mailbox.put(News.STOP)
            self._report(slot)
            try:
                yield
            finally:
                slot.run_id = ""
                self._report(slot)

    def _has_room(self) -> bool:
        """Whether the disk has room for a run; what waits goes on waiting where it has not."""
        home, least = self.place.settings.home, self.place.settings.work.free_bytes
        free = shutil.disk_usage(home).free
        if free < least:
            _log.error("the disk is full: no run is taken up", home=str(home), free_bytes=free, wanted_bytes=least)
        return free >= least

    def _report_until(self, over: threading.Event) -> None:
        while True:
            for slot in self._all:
                self._report(slot)
            if over.wait(REPORT_SECONDS):
                return

    def _report(self, slot: Slot) -> None:
        now = datetime.now(UTC)
        state = WorkerState(
            name=self._name(slot),
            machine=self.place.settings.work.machine,
            release=version("perfsmith"),
            started_at=self.started_at,
            seen_at=now,
            run_id=slot.run_id,
        )
        try:
            self.place.store.queue.report_worker(state)
        except StoreError as error:
            _log.warning("this worker can't be noted", error=str(error))

    def _forget(self) -> None:
        try:
            for slot in self._all:
                self.place.store.queue.forget_worker(self._name(slot))
        except StoreError as error:
            _log.warning("this worker can't be forgotten", error=str(error))

    def _holder(self, slot: Slot) -> str:
        """Unlike any other holder, whatever it is called."""
        return f"{self._name(slot)}:{secrets.token_hex(4)}"

    def _name(self, slot: Slot) -> str:
        return f"{self.place.settings.work.machine}:{os.getpid()}:{slot.number}"
