"""Machines that are unable to work on a run: since when, why, and until when they are not offered it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from core.queue import ALIVE_SECONDS
from core.run import RunStatus
from core.unable import given_up, has_lasted, rest_seconds, waits_for_another
from store.service_tables import UnableRow, WorkerRow
from store.tables import RunRow


def rests_from(machine: str, now: datetime) -> ColumnElement[bool]:
    """Whether the machine is not offered a run yet."""
    same = (UnableRow.run_id == RunRow.id, UnableRow.machine == machine)
    return exists().where(*same, UnableRow.rests_until > now)


def leave_to_others(session: Session, run: RunRow, reason: str, *, hours: int, now: datetime) -> None:
    """The machine of the run's last worker is unable to work on it: the run waits for one that can, or has failed when there was
    none for so many hours. One that is alive and has not tried may be busy: as long as there is one, the run waits.
    """
    unable = _noted(session, run, reason, now)
    has_waited = has_lasted(hours, since=min(each.since for each in unable), now=now)
    if has_waited and not _may_find_another(session, run.id, now):
        run.status, run.ended_at = RunStatus.FAILED.value, now
        run.error = given_up({each.machine: each.reason for each in unable}, hours)
        forget_unable(session, run.id)
    else:
        run.progress = waits_for_another(run.machine, reason)


def _noted(session: Session, run: RunRow, reason: str, now: datetime) -> Sequence[UnableRow]:
    """All machines that are unable to work on the run, with the one of its last worker."""
    row = session.get(UnableRow, (run.id, run.machine))
    if row is None:
        row = UnableRow(run_id=run.id, machine=run.machine, since=now, times=0)
        session.add(row)
    row.times, row.reason = row.times + 1, reason
    row.rests_until = now + timedelta(seconds=rest_seconds(row.times))
    return session.scalars(select(UnableRow).where(UnableRow.run_id == run.id)).all()


def _may_find_another(session: Session, run_id: str, now: datetime) -> bool:
    """Whether a machine is alive that nobody knows to be unable to work on the run."""
    unable = select(UnableRow.machine).where(UnableRow.run_id == run_id)
    alive = WorkerRow.seen_at >= now - timedelta(seconds=ALIVE_SECONDS)
    return session.scalars(select(exists().where(alive, WorkerRow.machine.not_in(unable)))).one()


def say_why_it_waits(session: Session, run: RunRow) -> None:
    """What the machine that rests longest from a waiting run said; of one that is over nothing is kept."""
    if run.status != RunStatus.QUEUED:
        forget_unable(session, run.id)
        return
    known = select(UnableRow).where(UnableRow.run_id == run.id).order_by(UnableRow.rests_until.desc()).limit(1)
    unable = session.scalars(known).one_or_none()
    run.progress = waits_for_another(unable.machine, unable.reason) if unable else ""


def forget_unable(session: Session, run_id: str) -> None:
    """No machine is unable any more as far as anybody knows: one got to work on the run, or it is over."""
    session.execute(delete(UnableRow).where(UnableRow.run_id == run_id))
