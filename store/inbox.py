"""Events that a webhook brings, in the database."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, case, func, insert, or_, select, update

from core.errors import StoreError
from core.inbox import MOST_TURNS, PATIENCE_SECONDS, Event
from store.engine import now_of, reading, writing
from store.service_tables import EventRow

GIVEN_UP = "given up: whoever attended to it was silent, time and again"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class SqlInbox:
    """Satisfies `core.inbox.Inbox`."""

    engine: Engine

    def receive(self, event: Event) -> bool:
        """Keep a new event; False when one with its id was received before."""
        if self._is_known(event.id):
            return False
        try:
            with writing(self.engine, refused=f"event {event.id} was received already") as session:
                given = {"id": event.id, "name": event.name, "payload": event.payload}
                session.execute(insert(EventRow).values(**given, received_at=now_of(session)))
        except StoreError:
            if self._is_known(event.id):  # it came in twice at the same moment
                return False
            raise
        return True

    def take(self, holder: str, *, lease_seconds: float) -> Event | None:
        """The event that waits the longest."""
        with writing(self.engine, refused="no event can be taken") as session:
            now = now_of(session)
            worn = update(EventRow).where(*_waits(now), EventRow.turns >= MOST_TURNS)
            given_up = worn.values(settled_at=now, outcome=GIVEN_UP, payload="").returning(EventRow.id)
            for event_id in session.scalars(given_up):
                _log.error("event %s is given up after %d turns", event_id, MOST_TURNS)
            # Those that are looked at time and again would else keep a new one from ever being the first.
            since = func.coalesce(EventRow.lease_until, EventRow.received_at)
            longest = select(EventRow).where(*_waits(now)).order_by(since, EventRow.received_at, EventRow.id).limit(1)
            row = session.scalars(longest.with_for_update(skip_locked=True)).one_or_none()
            if row is None:
                return None
            row.holder, row.lease_until, row.turns = holder, now + timedelta(seconds=lease_seconds), row.turns + 1
            return Event(id=row.id, name=row.name, payload=row.payload, revision=row.revision, head=row.head)

    def hold(self, event_id: str, holder: str, *, lease_seconds: float) -> bool:
        """Attend to it for longer; False when it is another's."""
        with writing(self.engine, refused=f"event {event_id} can't be held") as session:
            until = now_of(session) + timedelta(seconds=lease_seconds)
            held = update(EventRow).where(*_held(event_id, holder)).values(lease_until=until)
            return session.execute(held.returning(EventRow.id)).first() is not None

    def begin(self, event_id: str, holder: str, *, revision: str, head: str) -> bool:
        """Remember what it is about; False when it is another's."""
        with writing(self.engine, refused=f"event {event_id} can't be begun") as session:
            begun = update(EventRow).where(*_held(event_id, holder)).values(revision=revision, head=head)
            return session.execute(begun.returning(EventRow.id)).first() is not None

    def put_back(self, event_id: str, holder: str, *, seconds: float = 0.0) -> None:
        """Let somebody attend to it again, in a while."""
        with writing(self.engine, refused=f"event {event_id} can't be put back") as session:
            now = now_of(session)
            is_new = EventRow.received_at > now - timedelta(seconds=PATIENCE_SECONDS)
            turns = case((is_new, EventRow.turns - 1), else_=EventRow.turns)
            # A lease that ends now has not ended before now.
            until = now + timedelta(seconds=seconds) if seconds else None
            free = {"holder": "", "lease_until": until, "turns": turns}
            session.execute(update(EventRow).where(*_held(event_id, holder)).values(**free))

    def lay_aside(self, event_id: str, holder: str, *, seconds: float) -> None:
        """Let somebody look again, in a while."""
        with writing(self.engine, refused=f"event {event_id} can't be laid aside") as session:
            free = {
                "holder": "",
                "lease_until": now_of(session) + timedelta(seconds=seconds),
                "turns": EventRow.turns - 1,
            }
            session.execute(update(EventRow).where(*_held(event_id, holder)).values(**free))

    def settle(self, event_id: str, holder: str, outcome: str) -> None:
        """It is done with."""
        with writing(self.engine, refused=f"event {event_id} can't be settled") as session:
            done = {"settled_at": now_of(session), "outcome": outcome, "payload": ""}
            session.execute(update(EventRow).where(*_held(event_id, holder)).values(**done))

    def _is_known(self, event_id: str) -> bool:
        with reading(self.engine) as session:
            return session.get(EventRow, event_id) is not None


def _waits(now: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(EventRow.lease_until.is_(None), EventRow.lease_until < now)
    return (EventRow.settled_at.is_(None), free)


def _held(event_id: str, holder: str) -> tuple[ColumnElement[bool], ...]:
    return (EventRow.id == event_id, EventRow.holder == holder, EventRow.settled_at.is_(None))
