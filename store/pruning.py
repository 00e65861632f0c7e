"""Forgets runs that ended long ago, a few at a time, so that nobody waits for long."""

from datetime import datetime

from sqlalchemy import ColumnElement, Engine, delete, select

from core.run import OVER
from store.engine import writing
from store.service_tables import WorkerRow
from store.tables import RunRow

AT_A_TIME = 20
"""Runs that are deleted in one transaction."""

_ENDED = RunRow.status.in_([status.value for status in OVER])


def prune(engine: Engine, before: datetime) -> int:
    """Delete the runs that ended before this moment, with everything of theirs, and workers that were seen last before
    it; how many runs. A run whose end was not noted, by a release before the queue, counts by when it was made.
    """
    with writing(engine, refused="workers can't be deleted") as session:
        session.execute(delete(WorkerRow).where(WorkerRow.seen_at < before))
    noted = (RunRow.ended_at < before,)
    not_noted = (RunRow.ended_at.is_(None), RunRow.created_at < before)
    return sum(_delete(engine, condition) for condition in (noted, not_noted))


def _delete(engine: Engine, condition: tuple[ColumnElement[bool], ...]) -> int:
    """A run that is taken up again at this moment stays: its row is locked, and then no longer what was looked for."""
    deleted = 0
    some = select(RunRow.id).where(_ENDED, *condition).order_by(RunRow.id).limit(AT_A_TIME)
    while True:
        with writing(engine, refused="runs can't be deleted") as session:
            ids = session.scalars(some.with_for_update(skip_locked=True)).all()
            session.execute(delete(RunRow).where(RunRow.id.in_(ids)))
        if not ids:
            return deleted
        deleted += len(ids)
