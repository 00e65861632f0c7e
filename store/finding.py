"""Finds a run by the start of its id."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.errors import ConfigError
from store.escaping import escape
from store.tables import RunRow

NAMED_IDS = 5
"""How many ids a message names."""
_LAST = "zz"
"""Ids are hexadecimal: what begins with a text lies between it and it with that."""


def find_run(session: Session, start: str) -> RunRow:
    """The run whose id is `start`, else the only one whose id begins with it."""
    exact = session.get(RunRow, start)
    if exact:
        return exact
    newest = select(RunRow).order_by(RunRow.created_at.desc(), RunRow.id.desc()).limit(NAMED_IDS)
    found = session.scalars(newest.where(*_begins(start))).all()
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(f"several runs begin with {start!r}: {_ids(found)}; give more of the id")
    raise ConfigError(f"there is no run {start!r}; {_known(session.scalars(newest).all())}")


def _begins(start: str) -> tuple[ColumnElement[bool], ...]:
    """The range lets the index find it; the rest takes every character literally, whatever the database's collation."""
    text = escape(start)
    return RunRow.id >= text, RunRow.id <= text + _LAST, func.substr(RunRow.id, 1, len(text)) == text


def _known(newest: Sequence[RunRow]) -> str:
    return f"the newest are {_ids(newest)}" if newest else "the store holds no runs yet"


def _ids(rows: Sequence[RunRow]) -> str:
    return ", ".join(row.id for row in rows)
