"""Runs that wait for a worker: who takes which, for how long, and what becomes of those whose worker is gone."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, delete, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from core.errors import AllowanceError, ConfigError, StoreError
from core.queue import MOST_ATTEMPTS, Claim, Ticket, Wish, WorkerState, checked_hint
from core.run import OVER, Run, RunStatus
from core.spend import Budget
from store.committing import bound
from store.engine import now_of, reading, writing
from store.forms import budget_form
from store.loading import run_of
from store.rows import run_row
from store.service_tables import ArchiveRow, WorkerRow
from store.tables import HintRow, RunRow
from store.unable import forget_unable, leave_to_others, rests_from, say_why_it_waits

NUDGES = 8
"""How many messages are sent at a time for runs that wait: enough to wake workers that sleep."""
NUDGED_SECONDS = 60
"""A run is not named again before."""
BY_REQUEST = "cancelled on request"

_FOR_WORKERS = RunRow.queued_at.is_not(None)
WAITS = (RunRow.status == RunStatus.QUEUED.value, _FOR_WORKERS)
"""Which runs wait for a worker."""

Offered = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, kw_only=True)
class SqlQueue:
    """The queue in the database. Satisfies `core.service.Queue`."""

    engine: Engine

    def enqueue(
        self, run: Run, ticket: Ticket, *, archive: bytes | None = None, dollars_per_day: float | None = None
    ) -> str:
        """Record a new run that waits; the id of the owner's earlier one with the same key, when there is one."""
        try:
            return self.submitted(ticket) or self._enqueue(run, ticket, archive, dollars_per_day)
        except (StoreError, AllowanceError):
            earlier = self.submitted(ticket)  # one that came in at the same moment
            if earlier is None:
                raise
            return earlier

    def _enqueue(self, run: Run, ticket: Ticket, archive: bytes | None, dollars_per_day: float | None) -> str:
        with writing(self.engine, refused=f"run {run.id} is stored already") as session:
            bounded = replace(run, budget=bound(session, run, ticket.owner, dollars_per_day))
            now = now_of(session)
            session.execute(
                insert(RunRow).values(**run_row(bounded), **_ticket_row(ticket), queued_at=now, nudged_at=now)
            )
            if archive is not None:
                session.execute(insert(ArchiveRow).values(run_id=run.id, data=archive))
        return run.id

    def submitted(self, ticket: Ticket) -> str | None:
        """The id of the owner's run with this key; ConfigError when it asked for another thing."""
        if not ticket.key:
            return None
        known = select(RunRow.id, RunRow.fingerprint).filter_by(owner=ticket.owner, key=ticket.key)
        with reading(self.engine) as session:
            row = session.execute(known).one_or_none()
        if row is not None and row.fingerprint != ticket.fingerprint:
            raise ConfigError(f"the key {ticket.key!r} was used for another request, run {row.id}; take a new key")
        return None if row is None else str(row.id)

    def claim(self, worker: str, *, machine: str, lease_seconds: float) -> Claim | None:
        """The right to the run whose turn it is, now running; None when none waits."""
        with writing(self.engine, refused="no run can be claimed") as session:
            now = now_of(session)
            offered = offered_to(machine, now)
            for owner in _owners_in_turn(session, offered):
                row = session.scalars(_first_of(owner, offered)).one_or_none()
                if row is not None:
                    row.status, row.claimed_by, row.machine = RunStatus.RUNNING.value, worker, machine
                    row.lease_until, row.started_at = now + timedelta(seconds=lease_seconds), now
                    row.progress, row.attempts = "", row.attempts + 1
                    return Claim(run_id=row.id, worker=worker, attempt=row.attempts)
        return None

    def renew(self, claim: Claim, *, lease_seconds: float) -> Wish:
        """Hold the claim for longer, and learn what is wanted."""
        with writing(self.engine, refused=f"run {claim.run_id} can't be held") as session:
            until = now_of(session) + timedelta(seconds=lease_seconds)
            held = select(RunRow).where(RunRow.id == claim.run_id, RunRow.claimed_by == claim.worker)
            row = session.scalars(held.with_for_update()).one_or_none()
            if row is None:
                return Wish.LOST
            if row.status != RunStatus.RUNNING:
                return Wish.OVER
            row.lease_until = until
            return Wish.CANCELLED if row.cancel_asked else Wish.WANTED

    def release(self, claim: Claim) -> None:
        """Let the run wait again as if nobody had taken it up, or end it where that was asked."""
        with writing(self.engine, refused=f"run {claim.run_id} can't be given back") as session:
            row = session.scalars(_held(claim).with_for_update()).one_or_none()
            if row is not None:
                _take_back(row, now_of(session))
                say_why_it_waits(session, row)

    def set_aside(self, claim: Claim, *, reason: str, hours: int, is_attempt: bool = False) -> None:
        """Let the run wait for other machines: the claim's is unable to work on it."""
        with writing(self.engine, refused=f"run {claim.run_id} can't be set aside") as session:
            row = session.scalars(_held(claim).with_for_update()).one_or_none()
            if row is not None:
                now = now_of(session)
                if is_attempt:
                    _let_go(session, row, now)
                else:
                    _take_back(row, now)
                if row.status == RunStatus.QUEUED:
                    leave_to_others(session, row, reason, hours=hours, now=now)
                else:
                    forget_unable(session, row.id)

    def cancel(self, run_id: str) -> RunStatus:
        """End the run: at once where it waits, through its worker where it is worked on."""
        with writing(self.engine, refused=f"run {run_id} can't be cancelled") as session:
            row = _locked(session, run_id)
            if row.queued_at is None and RunStatus(row.status) not in OVER:
                raise ConfigError(f"run {run_id} belongs to a command at a terminal; end it there with Ctrl-C")
            _cancel(session, row, now_of(session))
            return RunStatus(row.status)

    def cancel_batch(self, name: str, *, owner: str = "") -> None:
        """The same for all runs of a batch, of this owner where one is named."""
        mine = [_FOR_WORKERS, RunRow.batch == name, *([RunRow.owner == owner] if owner else [])]
        open_ones = select(RunRow).where(*mine, _stands(RunStatus.QUEUED, RunStatus.RUNNING)).order_by(RunRow.id)
        with writing(self.engine, refused=f"the batch {name} can't be cancelled") as session:
            for row in session.scalars(open_ones.with_for_update()).all():  # none changes hands meanwhile
                _cancel(session, row, now_of(session))

    def requeue(self, run_id: str, budget: Budget, *, dollars_per_day: float | None = None) -> None:
        """Let a run that is over wait again with this budget."""
        with writing(self.engine, refused=f"run {run_id} can't be queued") as session:
            row = _locked(session, run_id)
            refuse_imported(row)
            if RunStatus(row.status) not in OVER:
                raise ConfigError(f"run {run_id} is {row.status}; only a run that is over can be taken up again")
            bounded = bound(session, replace(run_of(row), budget=budget), row.owner, dollars_per_day)
            now = now_of(session)
            for name, value in {**_waiting(), "budget": budget_form(bounded), "attempts": 0, "queued_at": now}.items():
                setattr(row, name, value)
            row.cancel_asked, row.error, row.stopped_by, row.ended_at, row.nudged_at = False, "", "", None, now

    def add_hint(self, run_id: str, author: str, text: str) -> None:
        """Say something to the run's search."""
        with writing(self.engine, refused=f"the hint to run {run_id} can't be kept") as session:
            row = _locked(session, run_id)
            known = session.scalars(select(func.max(HintRow.number)).filter_by(run_id=row.id)).one() or 0
            kept = checked_hint(text, known)
            session.add(HintRow(run_id=row.id, number=known + 1, at=now_of(session), author=author, text=kept))

    def recover(self) -> tuple[str, ...]:
        """See to runs whose lease has ended; the ids of some that wait and that nobody was told of lately."""
        with writing(self.engine, refused="runs can't be recovered") as session:
            now = now_of(session)
            lost = (_FOR_WORKERS, _stands(RunStatus.RUNNING), RunRow.lease_until < now)
            silent = select(RunRow).where(*lost).with_for_update(skip_locked=True)
            for row in session.scalars(silent).all():
                _let_go(session, row, now)
            session.flush()
            return _to_nudge(session, now)

    def archive(self, run_id: str) -> bytes | None:
        """The archive that the run was submitted as."""
        with reading(self.engine) as session:
            return session.scalars(select(ArchiveRow.data).where(ArchiveRow.run_id == run_id)).one_or_none()

    def report_worker(self, state: WorkerState) -> None:
        """Note that a worker is alive, in place of what it told before."""
        values = {field.name: getattr(state, field.name) for field in fields(state)}
        values["working_on"] = values.pop("run_id")
        with writing(self.engine, refused=f"the worker {state.name} can't be noted") as session:
            session.execute(delete(WorkerRow).where(WorkerRow.name == state.name))
            session.execute(insert(WorkerRow).values(**{**values, "seen_at": now_of(session)}))

    def forget_worker(self, name: str) -> None:
        """Note that a worker has ended."""
        with writing(self.engine, refused=f"the worker {name} can't be forgotten") as session:
            session.execute(delete(WorkerRow).where(WorkerRow.name == name))


def _stands(*statuses: RunStatus) -> ColumnElement[bool]:
    return RunRow.status.in_([status.value for status in statuses])


def _ticket_row(ticket: Ticket) -> dict[str, Any]:
    values = {field.name: getattr(ticket, field.name) for field in fields(ticket)}
    return {**values, "key": ticket.key or None}


def offered_to(machine: str, now: datetime) -> Offered:
    """Which runs a worker of the machine may take up."""
    return *WAITS, ~rests_from(machine, now)


def _held(claim: Claim) -> Select[RunRow]:
    holds = (RunRow.id == claim.run_id, RunRow.claimed_by == claim.worker, _stands(RunStatus.RUNNING))
    return select(RunRow).where(*holds)


def _owners_in_turn(session: Session, offered: Offered) -> Sequence[str]:
    """Owners of the runs on offer: who has the fewest running comes first, then who was served longest ago."""
    waiting = select(RunRow.owner).where(*offered).distinct().subquery()
    other = aliased(RunRow)
    same = other.owner == waiting.c.owner
    is_running = (other.status == RunStatus.RUNNING.value, other.queued_at.is_not(None))
    running = select(func.count()).where(same, *is_running).scalar_subquery()
    served = select(func.max(other.started_at)).where(same).scalar_subquery()
    return session.scalars(select(waiting.c.owner).order_by(running, served.asc().nulls_first(), waiting.c.owner)).all()


def _first_of(owner: str, offered: Offered) -> Any:
    waiting = select(RunRow).where(*offered, RunRow.owner == owner)
    in_order = waiting.order_by(RunRow.priority.desc(), RunRow.queued_at, RunRow.id).limit(1)
    return in_order.with_for_update(skip_locked=True)


def _locked(session: Session, run_id: str) -> RunRow:
    row = session.scalars(select(RunRow).where(RunRow.id == run_id).with_for_update()).one_or_none()
    if row is None:
        raise ConfigError(f"there is no run {run_id!r}")
    return row


def _waiting() -> dict[str, Any]:
    unheld = {"claimed_by": "", "lease_until": None, "stage": "", "progress": ""}
    return {"status": RunStatus.QUEUED.value, **unheld}


def _cancel(session: Session, row: RunRow, now: datetime) -> None:
    """A run that nobody wants any more; one that is over stays as it is."""
    if row.status == RunStatus.QUEUED:
        row.status, row.stopped_by, row.ended_at, row.progress = RunStatus.CANCELLED.value, BY_REQUEST, now, ""
        forget_unable(session, row.id)
    elif row.status == RunStatus.RUNNING:
        row.cancel_asked = True


def _let_go(session: Session, row: RunRow, now: datetime) -> None:
    """A run that its worker has been at work on, and is no more."""
    forget_unable(session, row.id)
    _leave(row, now)


def _take_back(row: RunRow, now: datetime) -> None:
    """A run of which it is as if nobody had taken it up: it counts neither as an attempt nor as its owner's turn."""
    row.attempts -= 1
    _leave(row, now)
    if row.status == RunStatus.QUEUED:
        row.started_at = None


def _leave(row: RunRow, now: datetime) -> None:
    if row.cancel_asked:
        row.status, row.stopped_by, row.ended_at = RunStatus.CANCELLED.value, BY_REQUEST, now
    elif row.attempts >= MOST_ATTEMPTS:
        row.error = f"{row.attempts} workers died over this run, the last one on {row.machine or 'an unknown machine'}"
        row.status, row.ended_at = RunStatus.FAILED.value, now
    else:
        row.status, row.nudged_at = RunStatus.QUEUED.value, None
    row.claimed_by, row.lease_until, row.stage, row.progress = "", None, "", ""


def take_over(row: RunRow, now: datetime) -> None:
    """Work on the run at a terminal: no worker takes it from now on. ConfigError while one works on it."""
    refuse_imported(row)
    if row.status == RunStatus.RUNNING and row.lease_until is not None and row.lease_until > now:
        raise ConfigError(f"run {row.id} is being worked on by {row.claimed_by}; cancel it first")
    row.queued_at, row.lease_until, row.claimed_by, row.cancel_asked = None, None, "", False
    row.stage, row.progress, row.machine = "", "", ""


def refuse_imported(row: RunRow) -> None:
    """ConfigError for a run that came in a bundle: its backends and commands would do what its sender wanted."""
    if row.imported:
        raise ConfigError(f"run {row.id} was imported and can only be read; hand its problem in as a run of your own")


def _to_nudge(session: Session, now: datetime) -> tuple[str, ...]:
    told = RunRow.nudged_at.is_(None) | (RunRow.nudged_at < now - timedelta(seconds=NUDGED_SECONDS))
    waiting = select(RunRow.id).where(*WAITS, told).order_by(RunRow.queued_at, RunRow.id).limit(NUDGES)
    # What somebody changes just now is named next time: to wait for it, with rows of others held, could wait for ever.
    ids = tuple(session.scalars(waiting.with_for_update(skip_locked=True)))
    session.execute(update(RunRow).where(RunRow.id.in_(ids)).values(nudged_at=now))
    return ids
