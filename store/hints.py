"""What people say to a search: appended, and read in order."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.queue import MOST_HINTS, Hint
from store.tables import HintRow


def hints_of(session: Session, run_id: str) -> tuple[Hint, ...]:
    """The run's hints by number."""
    rows = session.scalars(select(HintRow).filter_by(run_id=run_id).order_by(HintRow.number).limit(MOST_HINTS))
    return tuple(Hint(number=row.number, at=row.at, author=row.author, text=row.text) for row in rows)
