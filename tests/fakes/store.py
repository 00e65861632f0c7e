"""A store that works and forgets: for tests of everything that remembers."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from core.access import Token
from core.errors import ConfigError, StoreError
from core.queue import Claim, LogEntry, WorkerState
from core.run import OVER, Record, Run, RunStatus, RunSummary
from core.spend import Budget
from tests.fakes.catalogue import MemoryCatalogue, summary_of
from tests.fakes.history import MemoryHistory, MemoryLedger
from tests.fakes.inbox import Kept, MemoryInbox
from tests.fakes.keyring import MemoryKeyring
from tests.fakes.queue import MemoryQueue, Place


@dataclass(kw_only=True)
class MemoryStore:
    """All runs in one process."""

    runs: dict[str, Run] = field(default_factory=dict)
    histories: dict[str, MemoryHistory] = field(default_factory=dict)
    ledgers: dict[str, MemoryLedger] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    workers: dict[str, WorkerState] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    events: dict[str, Kept] = field(default_factory=dict)
    claim: Claim | None = None

    def create(self, run: Run) -> None:
        """Record a new run; StoreError when its id is taken."""
        if run.id in self.runs:
            raise StoreError(f"run {run.id} is stored already")
        if run.created_at.tzinfo is None:
            raise StoreError(f"the time {run.created_at} has no time zone")
        self.runs[run.id], self.places[run.id] = run, Place()
        self.histories[run.id], self.ledgers[run.id] = MemoryHistory(), MemoryLedger()

    def load(self, run_id: str) -> Record:
        """Everything about the run; `run_id` may be the start of an id. ConfigError when no run or several match."""
        found = [run_id] if run_id in self.runs else [run.id for run in self._newest() if run.id.startswith(run_id)]
        if len(found) != 1:
            named = ", ".join(found or [run.id for run in self._newest()])
            raise ConfigError(f"{len(found)} runs begin with {run_id!r}, there are: {named}")
        history = self.histories[found[0]]
        candidates = sorted(history.candidates.values(), key=lambda candidate: candidate.number)
        return Record(
            run=self.runs[found[0]],
            candidates=tuple(candidates),
            profiles=dict(history.profiles),
            asked=self.ledgers[found[0]].spent(),
            hints=history.hints(),
        )

    def recent(self, limit: int) -> list[RunSummary]:
        """The newest runs first."""
        return [summary_of(self.load(run.id), self.places[run.id]) for run in self._newest()[:limit]]

    def transition(self, run_id: str, status: RunStatus, *, error: str = "", stopped_by: str = "") -> None:
        """The run's new status with its reason; StoreError when there is no such run."""
        place, now = self._changing(run_id), datetime.now(UTC)
        if status is RunStatus.RUNNING:
            if self.claim is None:
                self._take_over(run_id, now)
            place.started_at, place.ended_at = now, None
        elif status in OVER:
            place.ended_at = now
            place.unable.clear()
        self._change(run_id, status=status, error=error, stopped_by=stopped_by)

    def grant(self, run_id: str, budget: Budget) -> None:
        """The run's new budget; StoreError when there is no such run."""
        self._changing(run_id)
        self._change(run_id, budget=budget)

    def ledger(self, run_id: str) -> MemoryLedger:
        """The run's memory of model calls."""
        return replace(self.ledgers.get(run_id, MemoryLedger(stored=False)), check=self._check(run_id))

    def history(self, run_id: str) -> MemoryHistory:
        """Where the run's candidates are written."""
        return replace(self.histories.get(run_id, MemoryHistory(stored=False)), check=self._check(run_id))

    def held(self, claim: Claim) -> "MemoryStore":
        """The store for the holder of `claim`."""
        return replace(self, claim=claim)

    def say(self, run_id: str, stage: str, message: str) -> None:
        """Add an entry to the run's log."""
        log = self._changing(run_id).log
        log.append(LogEntry(number=len(log) + 1, at=datetime.now(UTC), stage=stage, message=message))

    def show_progress(self, run_id: str, stage: str, progress: str) -> None:
        """What the run is doing just now."""
        place = self._changing(run_id)
        place.stage, place.progress = stage, progress

    @property
    def queue(self) -> MemoryQueue:
        """The runs that wait for workers."""
        return MemoryQueue(
            runs=self.runs,
            places=self.places,
            workers=self.workers,
            histories=self.histories,
            ledgers=self.ledgers,
            create=self.create,
            committed=self.keyring.committed,
        )

    @property
    def inbox(self) -> MemoryInbox:
        """What a webhook brings."""
        return MemoryInbox(kept=self.events)

    @property
    def catalogue(self) -> MemoryCatalogue:
        """What lists and pages read."""
        return MemoryCatalogue(
            runs=self.runs,
            places=self.places,
            workers_by_name=self.workers,
            histories=self.histories,
            ledgers=self.ledgers,
            load=self.load,
        )

    @property
    def keyring(self) -> MemoryKeyring:
        """Tokens, and what their owners have spent."""
        return MemoryKeyring(kept=self.tokens, runs=self.runs, places=self.places, ledgers=self.ledgers)

    def _take_over(self, run_id: str, now: datetime) -> None:
        place = self.places[run_id]
        if self.runs[run_id].status is RunStatus.RUNNING and place.lease_until and place.lease_until > now:
            raise ConfigError(f"run {run_id} is being worked on by {place.holder}; cancel it first")
        place.leave()
        place.queued_at, place.machine, place.cancel_asked = None, "", False

    def _check(self, run_id: str) -> Callable[[], None]:
        return lambda: self.places.get(run_id, Place()).require(self.claim)

    def _changing(self, run_id: str) -> Place:
        if run_id not in self.runs:
            raise StoreError(f"there is no run {run_id} to change")
        self.places[run_id].require(self.claim)
        return self.places[run_id]

    def _change(self, run_id: str, **values: Any) -> None:
        self.runs[run_id] = replace(self.runs[run_id], **values)

    def _newest(self) -> list[Run]:
        return sorted(self.runs.values(), key=lambda run: (run.created_at, run.id), reverse=True)
