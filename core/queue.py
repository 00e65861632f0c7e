"""How runs wait for a worker, who works on them, and what they say meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import ConfigError

LOCAL = "local"
"""The owner of what is handed in at the machine itself, without a token."""
LEAST_PRIORITY, MOST_PRIORITY = 0, 9
LONGEST_HINT = 1000
"""Characters of one hint."""
MOST_HINTS = 20
"""Hints of one run: all of them are in every question that is asked after them."""
MOST_MACHINES = 64
"""How many may work on a run at a time."""
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
    machines: int = 1
    """How many machines may evaluate the run's candidates at a time, up to MOST_MACHINES: the one that holds it, and others whose
    workers have nothing else to do.
    """


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The right to work on a run, until its lease ends; with it goes the right to write about the run."""

    run_id: str
    worker: str
    """Who holds it: unlike any other holder, also of the same run."""
    attempt: int
    """1 for the first worker of the run since it was queued."""


@dataclass(frozen=True, kw_only=True)
class Helper:
    """A worker that evaluates candidates of a run which another one holds, until its lease ends."""

    run_id: str
    worker: str
    """Unlike any other holder or helper."""


class Wish(StrEnum):
    """What the holder of a claim, or a helper, learns when it renews the lease."""

    WANTED = "wanted"
    CANCELLED = "cancelled"
    """Somebody wants the run to end."""
    OVER = "over"
    """The run has ended, or the search where it was helped: nothing is left to hold."""
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
class Hint:
    """What a person says to a search, in plain words: the proposals that come after it must heed it."""

    number: int
    """Grows by one for each hint of the run, from 1."""
    at: datetime
    author: str
    text: str


def checked_hint(text: str, known: int) -> str:
    """`text` as it is kept, for a run that has `known` hints; ConfigError for one that can't be kept."""
    kept = text.strip()
    if not kept:
        raise ConfigError("the hint is empty; say in plain words what to try or to leave")
    if len(kept) > LONGEST_HINT:
        raise ConfigError(f"the hint has {len(kept):,d} characters; {LONGEST_HINT:,d} are allowed")
    if known >= MOST_HINTS:
        raise ConfigError(f"the run has {known} hints, which are as many as are allowed")
    return kept


ALIVE_SECONDS = 90
"""A worker that has not told of itself for so long is taken for dead."""


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
