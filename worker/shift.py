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
from core.queue import Claim, WorkerState
from worker.process import Mailbox, News
from worker.supervise import Workplace, supervise

REPORT_SECONDS = 15.0
"""How often a worker says that it is alive."""

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

    def __post_init__(self) -> None:
        self._all = tuple(Slot(number=number) for number in range(1, self.slots + 1))
        self._free = list(self._all)

    def work(self) -> None:
        """Take up runs until none waits. A message is the reason to look; awake, nobody needs another one."""
        with self._change:
            slot = self._free.pop(0)
        try:
            while claim := self._next(slot):
                self._work_on(claim, slot)
        finally:
            with self._change:
                self._free.append(slot)

    def stop(self) -> None:
        """Give everything back and take up nothing more. A signal handler may call this: it waits for nobody."""
        self._stopped.set()
        for slot in self._all:
            slot.mailbox.put(News.STOP)

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Say regularly that this worker is alive while the context lasts, and at its end that it is not."""
        over = threading.Event()
        reporter = threading.Thread(target=self._report_until, args=(over,), daemon=True)
        reporter.start()
        try:
            yield
        finally:
            over.set()
            reporter.join()
            self._forget()

    def _next(self, slot: Slot) -> Claim | None:
        if self._stopped.is_set() or not self._has_room():
            return None
        work = self.place.settings.work
        holder = f"{self._name(slot)}:{secrets.token_hex(4)}"  # unlike any other holder, whatever it is called
        try:
            return self.place.store.queue.claim(holder, machine=work.machine, lease_seconds=work.lease_seconds)
        except StoreError as error:
            _log.warning("no run can be claimed", error=str(error))
            return None

    def _work_on(self, claim: Claim, slot: Slot) -> None:
        with structlog.contextvars.bound_contextvars(run=claim.run_id):
            _log.info("the run is taken up", attempt=claim.attempt, holder=claim.worker)
            slot.mailbox = queue.SimpleQueue()
            slot.run_id = claim.run_id
            if self._stopped.is_set():
                slot.mailbox.put(News.STOP)
            self._report(slot)
            try:
                supervise(claim, self.place, slot.mailbox)
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

    def _name(self, slot: Slot) -> str:
        return f"{self.place.settings.work.machine}:{os.getpid()}:{slot.number}"
