"""How runs wait for a worker, who works on them, and what they say meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LOCAL = "local"
"""The owner of what is handed in at the machine itself, without a token."""
LEAST_PRIORITY, MOST_PRIORITY = 0, 9
MOST_ATTEMPTS = 5
"""How many workers may die over a run before it has failed: such a run would take down one after the other."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """Who handed a run in, and how it waits its turn."""

    owner: str = LOCAL
    priority: int = 0
    """From LEAST_PRIORITY to MOST_PRIORITY, the higher the sooner among the owner's own runs. Between owners, shares are
    fair whatever the priorities.
    """
    key: str = ""
    """Given: the same owner's second submission with this key is the first one, and nothing new."""
    fingerprint: str = ""
    """A digest of what was asked: the same key with another fingerprint is refused."""
    batch: str = ""
    """The batch that it belongs to, if any."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The right to work on a run, until its lease ends; with it goes the right to write about the run."""

    run_id: str
    worker: str
    """Who holds it: unlike any other holder, also of the same run."""
    attempt: int
    """1 for the first worker of the run since it was queued."""


class Wish(StrEnum):
    """What the holder of a claim learns when it renews the lease."""

    WANTED = "wanted"
    CANCELLED = "cancelled"
    """Somebody wants the run to end."""
    OVER = "over"
    """The run has ended: nothing is left to hold."""
    LOST = "lost"
    """The lease had ended and the run is another's, or waits: stop, and write nothing more."""


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """One line of what a run said while it was worked on."""

    number: int
    """Grows by one for each entry of the run, from 1."""
    at: datetime
    stage: str
    message: str


@dataclass(frozen=True, kw_only=True)
class WorkerState:
    """A worker process, as it last told."""

    name: str
    machine: str
    release: str
    """Of perfsmith."""
    started_at: datetime
    seen_at: datetime
    run_id: str = ""
    """What it works on now."""
