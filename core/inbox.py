"""What comes in from outside, to be attended to once: the events that a webhook brings."""

from dataclasses import dataclass
from typing import Protocol

MOST_TURNS = 5
"""How many may die over one event before it is given up."""
PATIENCE_SECONDS = 86_400.0
"""How long it may be put back without being given up in the end: longer than whatever it needs is usually away."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event of a webhook."""

    id: str
    """Of its content: what is sent again, under whatever name, has the same one."""
    name: str
    """Its kind, as `pull_request`."""
    payload: str
    """JSON, as it was signed."""
    revision: str = ""
    """The commit that it was worked on from when it was first attended to; empty before that."""
    head: str = ""
    """What the pull request that it is about ended at then; empty for none."""


class Inbox(Protocol):
    """Events that wait for somebody to attend to them. All times are the database's."""

    def receive(self, event: Event) -> bool:
        """Keep a new event. False, and nothing else, when one with its id was received before: it is never attended to twice."""

    def take(self, holder: str, *, lease_seconds: float) -> Event | None:
        """The event that has waited longest since it came, or since it may be attended to again; None when there is none that
        nobody attends to. Those that MOST_TURNS holders were silent about are given up.
        """

    def hold(self, event_id: str, holder: str, *, lease_seconds: float) -> bool:
        """Attend to it for longer. False when that is another's by now: stop."""

    def begin(self, event_id: str, holder: str, *, revision: str, head: str) -> bool:
        """Remember what it is about, for whoever goes on with it. False when it is another's by now: stop."""

    def put_back(self, event_id: str, holder: str, *, seconds: float = 0.0) -> None:
        """Let somebody attend to it again in so many seconds. That costs no turn, unless it was received more than
        PATIENCE_SECONDS ago. Nothing when it is another's.
        """

    def lay_aside(self, event_id: str, holder: str, *, seconds: float) -> None:
        """It waits for something that comes to its own end: let somebody look again in so many seconds. That costs no turn,
        however often. Nothing when it is another's.
        """

    def settle(self, event_id: str, holder: str, outcome: str) -> None:
        """It is done with, and what it said is forgotten; its id is not. Nothing when it is another's."""
