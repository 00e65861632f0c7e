"""Machines that are unable to work on a run: since when, why, and until when they are not offered it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from core.run import RunStatus
from core.unable import given_up, has_lasted, rest_seconds, waits_for_another
from store.service_tables import UnableRow
from store.tables import RunRow


def rests_from(machine: str, now: datetime) -> ColumnElement[bool]:
    """Whether the machine is not offered a run yet."""
    same = (UnableRow.run_id == RunRow.id, UnableRow.machine == machine)
    return exists().where(*same, UnableRow.rests_until > now)


def leave_to_others(session: Session, run: RunRow, reason: str, *, hours: int, now: datetime) -> None:
    """The machine of the run's last worker is unable to work on it: the run waits for one that can, or has failed when there was
    none for so many hours.
    """
    unable = _noted(session, run, reason, now)
    if has_lasted(hours, since=min(each.since for each in unable), now=now):
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


def forget_unable(session: Session, run_id: str) -> None:
    """No machine is unable any more as far as anybody knows: one got to work on the run, or it is over."""
    session.execute(delete(UnableRow).where(UnableRow.run_id == run_id))
