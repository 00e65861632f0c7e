"""Events of a webhook in memory."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from core.inbox import MOST_TURNS, PATIENCE_SECONDS, Event


@dataclass(kw_only=True)
class Kept:
    """An event and who attends to it."""

    event: Event
    holder: str = ""
    lease_until: datetime | None = None
    turns: int = 0
    received_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    outcome: str = ""


@dataclass(kw_only=True)
class MemoryInbox:
    """Events by their ids, in the order in which they came."""

    kept: dict[str, Kept]

    def receive(self, event: Event) -> bool:
        """Keep a new event; False when one with its id was received before."""
        if event.id in self.kept:
            return False
        self.kept[event.id] = Kept(event=event)
        return True

    def take(self, holder: str, *, lease_seconds: float) -> Event | None:
        """The event that waits the longest."""
        now = datetime.now(UTC)
        for each in sorted(self.kept.values(), key=lambda kept: kept.lease_until or kept.received_at):
            if each.outcome or (each.lease_until is not None and each.lease_until >= now):
                continue
            if each.turns >= MOST_TURNS:
                each.outcome = "given up"
                continue
            each.holder, each.lease_until = holder, now + timedelta(seconds=lease_seconds)
            each.turns += 1
            return each.event
        return None

    def hold(self, event_id: str, holder: str, *, lease_seconds: float) -> bool:
        """Attend to it for longer; False when it is another's."""
        each = self._held(event_id, holder)
        if each is not None:
            each.lease_until = datetime.now(UTC) + timedelta(seconds=lease_seconds)
        return each is not None

    def begin(self, event_id: str, holder: str, *, revision: str, head: str) -> bool:
        """Remember what it is about; False when it is another's."""
        each = self._held(event_id, holder)
        if each is not None:
            each.event = replace(each.event, revision=revision, head=head)
        return each is not None

    def put_back(self, event_id: str, holder: str, *, seconds: float = 0.0) -> None:
        """Let somebody attend to it again, in a while."""
        each = self._held(event_id, holder)
        if each is not None:
            now = datetime.now(UTC)
            each.holder, each.lease_until = "", now + timedelta(seconds=seconds) if seconds else None
            each.turns -= now < each.received_at + timedelta(seconds=PATIENCE_SECONDS)

    def lay_aside(self, event_id: str, holder: str, *, seconds: float) -> None:
        """Let somebody look again, in a while."""
        each = self._held(event_id, holder)
        if each is not None:
            each.holder, each.lease_until = "", datetime.now(UTC) + timedelta(seconds=seconds)
            each.turns -= 1

    def settle(self, event_id: str, holder: str, outcome: str) -> None:
        """It is done with."""
        each = self._held(event_id, holder)
        if each is not None:
            each.outcome, each.event = outcome, replace(each.event, payload="")

    def _held(self, event_id: str, holder: str) -> Kept | None:
        each = self.kept.get(event_id)
        return each if each is not None and each.holder == holder and not each.outcome else None
