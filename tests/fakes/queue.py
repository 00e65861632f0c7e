"""A queue in memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from core.allowance import DAY, Allowance, may_cost
from core.errors import ConfigError, LostClaimError
from core.queue import MOST_ATTEMPTS, Claim, Hint, LogEntry, Ticket, Wish, WorkerState, checked_hint
from core.run import OVER, Run, RunStatus
from core.spend import Budget
from core.unable import given_up, has_lasted, rest_seconds, waits_for_another
from tests.fakes.history import MemoryHistory, MemoryLedger

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(kw_only=True)
class Unable:
    """What is known of a machine that is unable to work on a run."""

    since: datetime
    rests_until: datetime = LONG_AGO
    times: int = 0
    reason: str = ""


@dataclass(kw_only=True)
class Place:
    """Where a run stands in the queue, and what it says."""

    ticket: Ticket = field(default_factory=Ticket)
    archive: bytes | None = None
    queued_at: datetime | None = None
    nudged_at: datetime | None = None
    holder: str = ""
    machine: str = ""
    lease_until: datetime | None = None
    attempts: int = 0
    cancel_asked: bool = False
    unable: dict[str, Unable] = field(default_factory=dict)
    """By machine."""
    stage: str = ""
    progress: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    log: list[LogEntry] = field(default_factory=list)

    def rests_from(self, machine: str) -> bool:
        """Whether the machine is not offered it yet."""
        return machine in self.unable and self.unable[machine].rests_until > datetime.now(UTC)

    def leave(self) -> None:
        """Nobody works on it any more."""
        self.holder, self.lease_until, self.stage, self.progress = "", None, "", ""

    def require(self, claim: Claim | None) -> None:
        """LostClaimError when the claim is another's."""
        if claim is not None and self.holder != claim.worker:
            raise LostClaimError(f"run {claim.run_id} is not {claim.worker}'s any more")


@dataclass(kw_only=True)
class MemoryQueue:
    """The runs of a store that wait for workers."""

    runs: dict[str, Run]
    places: dict[str, Place]
    workers: dict[str, WorkerState]
    histories: dict[str, MemoryHistory]
    ledgers: Mapping[str, MemoryLedger]
    create: Callable[[Run], None]
    committed: Callable[[str, datetime], float]

    def enqueue(
        self, run: Run, ticket: Ticket, *, archive: bytes | None = None, dollars_per_day: float | None = None
    ) -> str:
        """Record a new run that waits; the id of the owner's earlier one with the same key, when there is one."""
        earlier = self.submitted(ticket)
        if earlier:
            return earlier
        self.create(replace(run, budget=self._bound(run, ticket.owner, dollars_per_day)))
        now = datetime.now(UTC)
        self.places[run.id] = Place(ticket=ticket, archive=archive, queued_at=now, nudged_at=now)
        return run.id

    def submitted(self, ticket: Ticket) -> str | None:
        """The id of the owner's run with this key; ConfigError when it asked for another thing."""
        for run_id, place in self.places.items():
            if ticket.key and (place.ticket.owner, place.ticket.key) == (ticket.owner, ticket.key):
                if place.ticket.fingerprint != ticket.fingerprint:
                    raise ConfigError(f"the key {ticket.key!r} was used for another request, run {run_id}")
                return run_id
        return None

    def claim(self, worker: str, *, machine: str, lease_seconds: float) -> Claim | None:
        """The right to the run whose turn it is, now running; None when none waits."""
        now = datetime.now(UTC)
        offered = [id_ for id_ in self._waiting() if not self.places[id_].rests_from(machine)]
        run_id = min(offered, key=self._turn, default=None)
        if run_id is None:
            return None
        place = self.places[run_id]
        self._set(run_id, RunStatus.RUNNING)
        place.holder, place.machine, place.started_at = worker, machine, now
        place.lease_until, place.attempts = now + timedelta(seconds=lease_seconds), place.attempts + 1
        place.progress = ""
        return Claim(run_id=run_id, worker=worker, attempt=place.attempts)

    def renew(self, claim: Claim, *, lease_seconds: float) -> Wish:
        """Hold the claim for longer, and learn what is wanted."""
        place = self.places.get(claim.run_id)
        if place is None or place.holder != claim.worker:
            return Wish.LOST
        if self.runs[claim.run_id].status is not RunStatus.RUNNING:
            return Wish.OVER
        place.lease_until = datetime.now(UTC) + timedelta(seconds=lease_seconds)
        return Wish.CANCELLED if place.cancel_asked else Wish.WANTED

    def release(self, claim: Claim) -> None:
        """Let the run wait again as if nobody had taken it up."""
        place = self.places[claim.run_id]
        if place.holder == claim.worker and self.runs[claim.run_id].status is RunStatus.RUNNING:
            self._take_back(claim.run_id, place)
            if place.unable:
                machine = max(place.unable, key=lambda name: place.unable[name].rests_until)
                place.progress = waits_for_another(machine, place.unable[machine].reason)

    def set_aside(self, claim: Claim, *, reason: str, hours: int, is_attempt: bool = False) -> None:
        """Let the run wait for other machines: the claim's is unable to work on it."""
        place = self.places[claim.run_id]
        if place.holder == claim.worker and self.runs[claim.run_id].status is RunStatus.RUNNING:
            if is_attempt:
                self._let_go(claim.run_id, place)
            else:
                self._take_back(claim.run_id, place)
            if self._is(claim.run_id, RunStatus.QUEUED):
                self._leave_to_others(claim.run_id, place, reason, hours)

    def cancel(self, run_id: str) -> RunStatus:
        """End the run: at once where it waits, through its worker where it is worked on."""
        run, place = self._known(run_id)
        if place.queued_at is None and run.status not in OVER:
            raise ConfigError(f"run {run_id} belongs to a command at a terminal")
        if run.status is RunStatus.QUEUED:
            self._end(run_id, RunStatus.CANCELLED, stopped_by="cancelled on request")
        elif run.status is RunStatus.RUNNING:
            place.cancel_asked = True
        return self.runs[run_id].status

    def cancel_batch(self, name: str, *, owner: str = "") -> None:
        """The same for all runs of a batch, of this owner where one is named."""
        for run_id, place in self.places.items():
            if place.queued_at and place.ticket.batch == name and owner in {"", place.ticket.owner}:
                self.cancel(run_id)

    def requeue(self, run_id: str, budget: Budget, *, dollars_per_day: float | None = None) -> None:
        """Let a run that is over wait again with this budget."""
        run, place = self._known(run_id)
        if run.status not in OVER:
            raise ConfigError(f"run {run_id} is {run.status}; only a run that is over can be taken up again")
        spent = self.ledgers[run_id].spent().dollars
        bounded = self._bound(replace(run, budget=budget), place.ticket.owner, dollars_per_day, spent=spent)
        place.leave()
        now = datetime.now(UTC)
        place.queued_at, place.nudged_at, place.ended_at = now, now, None
        place.attempts, place.cancel_asked = 0, False
        self.runs[run_id] = replace(run, status=RunStatus.QUEUED, budget=bounded, error="", stopped_by="")

    def add_hint(self, run_id: str, author: str, text: str) -> None:
        """Say something to the run's search."""
        if run_id not in self.runs:
            raise ConfigError(f"there is no run {run_id!r}")
        said = self.histories[run_id].said
        kept = checked_hint(text, len(said))
        said.append(Hint(number=len(said) + 1, at=datetime.now(UTC), author=author, text=kept))

    def recover(self) -> tuple[str, ...]:
        """See to runs whose lease has ended; the ids of those that wait and that nobody was told of lately."""
        now = datetime.now(UTC)
        for run_id, place in self.places.items():
            if self.runs[run_id].status is RunStatus.RUNNING and place.lease_until and place.lease_until < now:
                self._let_go(run_id, place)
        told = now - timedelta(seconds=60)
        silent = [run_id for run_id in self._waiting() if (self.places[run_id].nudged_at or LONG_AGO) < told]
        named = sorted(silent, key=lambda run_id: self.places[run_id].queued_at or LONG_AGO)[:8]
        for run_id in named:
            self.places[run_id].nudged_at = now
        return tuple(named)

    def archive(self, run_id: str) -> bytes | None:
        """The archive that the run was submitted as."""
        return self.places[run_id].archive if run_id in self.places else None

    def report_worker(self, state: WorkerState) -> None:
        """Note that a worker is alive."""
        self.workers[state.name] = replace(state, seen_at=datetime.now(UTC))

    def forget_worker(self, name: str) -> None:
        """Note that a worker has ended."""
        self.workers.pop(name, None)

    def _bound(self, run: Run, owner: str, dollars_per_day: float | None, *, spent: float = 0.0) -> Budget:
        if dollars_per_day is None or not may_cost(run.backends.proposers):
            return run.budget
        committed = self.committed(owner, datetime.now(UTC) - DAY)
        return Allowance(owner=owner, dollars_per_day=dollars_per_day, committed=committed).bound(
            run.budget, spent=spent
        )

    def _leave_to_others(self, run_id: str, place: Place, reason: str, hours: int) -> None:
        now = datetime.now(UTC)
        unable = place.unable.setdefault(place.machine, Unable(since=now))
        unable.times, unable.reason = unable.times + 1, reason
        unable.rests_until = now + timedelta(seconds=rest_seconds(unable.times))
        untried = {worker.machine for worker in self.workers.values()} - set(place.unable)
        if has_lasted(hours, since=min(each.since for each in place.unable.values()), now=now) and not untried:
            reasons = {machine: each.reason for machine, each in place.unable.items()}
            self._end(run_id, RunStatus.FAILED, error=given_up(reasons, hours))
        else:
            place.progress = waits_for_another(place.machine, reason)

    def _let_go(self, run_id: str, place: Place) -> None:
        self._recover(run_id, place)
        place.unable.clear()

    def _take_back(self, run_id: str, place: Place) -> None:
        place.attempts -= 1
        self._recover(run_id, place)
        if self._is(run_id, RunStatus.QUEUED):
            place.started_at = None

    def _recover(self, run_id: str, place: Place) -> None:
        place.leave()
        if place.cancel_asked:
            self._end(run_id, RunStatus.CANCELLED, stopped_by="cancelled on request")
        elif place.attempts >= MOST_ATTEMPTS:
            self._end(run_id, RunStatus.FAILED, error=f"{place.attempts} workers died over this run")
        else:
            place.nudged_at = None
            self._set(run_id, RunStatus.QUEUED)

    def _end(self, run_id: str, status: RunStatus, *, error: str = "", stopped_by: str = "") -> None:
        self.runs[run_id] = replace(self.runs[run_id], status=status, error=error, stopped_by=stopped_by)
        self.places[run_id].ended_at, self.places[run_id].progress = datetime.now(UTC), ""
        self.places[run_id].unable.clear()

    def _set(self, run_id: str, status: RunStatus) -> None:
        self.runs[run_id] = replace(self.runs[run_id], status=status)

    def _known(self, run_id: str) -> tuple[Run, Place]:
        if run_id not in self.runs:
            raise ConfigError(f"there is no run {run_id!r}")
        return self.runs[run_id], self.places[run_id]

    def _waiting(self) -> list[str]:
        """Those that wait for a worker."""
        queued = [(id_, place) for id_, place in self.places.items() if self._is(id_, RunStatus.QUEUED)]
        return [id_ for id_, place in queued if place.queued_at]

    def _is(self, run_id: str, status: RunStatus) -> bool:
        return self.runs[run_id].status is status

    def _turn(self, run_id: str) -> tuple[object, ...]:
        place = self.places[run_id]
        owner = place.ticket.owner
        theirs = [id_ for id_, other in self.places.items() if other.ticket.owner == owner]
        running = sum(self._is(id_, RunStatus.RUNNING) and self.places[id_].queued_at is not None for id_ in theirs)
        served = max(self.places[id_].started_at or LONG_AGO for id_ in theirs)
        return running, served, owner, -place.ticket.priority, place.queued_at, run_id
