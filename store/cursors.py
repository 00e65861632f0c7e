"""The orders of lists of runs, and the cursors with which a list goes on: whoever asks may have made them up."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, literal, tuple_

from core.errors import ConfigError
from core.listing import Order
from store.tables import RunRow

LONGEST_CURSOR = 1000
"""In characters; ours are far shorter."""


@dataclass(frozen=True, kw_only=True)
class ListKey:
    """The columns that a list is sorted by, the highest first."""

    order: Order

    @property
    def descending(self) -> tuple[Any, Any]:
        """What the list is sorted by."""
        return self._first.desc(), RunRow.id.desc()

    @property
    def condition(self) -> tuple[ColumnElement[bool], ...]:
        """Which runs have a place in the order."""
        return () if self.order is Order.NEWEST else (RunRow.speedup.is_not(None),)

    def comes_after(self, cursor: str) -> ColumnElement[bool]:
        """Which runs come after the cursor; ConfigError when it is none of a list in this order."""
        first, run_id = self._read(cursor)
        last = tuple_(literal(first, self._first.type), literal(run_id, RunRow.id.type))
        return tuple_(self._first, RunRow.id) < last

    def cursor_of(self, row: RunRow) -> str:
        """The cursor with which the list goes on after this run."""
        value = row.created_at.isoformat() if self.order is Order.NEWEST else row.speedup
        return urlsafe_b64encode(json.dumps([self.order, value, row.id]).encode()).decode()

    @property
    def _first(self) -> Any:
        return RunRow.created_at if self.order is Order.NEWEST else RunRow.speedup

    def _read(self, cursor: str) -> tuple[datetime | float, str]:
        try:
            order, value, run_id = json.loads(urlsafe_b64decode(cursor[:LONGEST_CURSOR].encode()))
            first = _moment(value) if self.order is Order.NEWEST else float(value)
        except (ValueError, TypeError, ArithmeticError) as error:
            shown = f"{cursor[:LONGEST_CURSOR]!r}"
            raise ConfigError(f"{shown} is no cursor of a list of runs by {self.order}") from error
        if order != self.order or not isinstance(run_id, str):
            raise ConfigError(f"the cursor {cursor!r} is one of a list in another order, not {self.order}")
        return first, run_id


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return moment.astimezone(UTC)
