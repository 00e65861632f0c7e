"""What every answer is made from, put together once when the API starts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from api.places import Places
from api.rates import IN_THIS_PROCESS
from store.sql import SqlStore
from worker.settings import Settings

SUBMISSIONS, SUBMISSIONS_OF_ONE = 12, 4
"""Repositories are fetched in threads that all routes share, of which there are 40."""

STREAMS, STREAMS_OF_ONE = 200, 20
"""Each asks the store every second."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """The store, the way to the workers, and who may come in."""

    settings: Settings
    store: SqlStore
    nudge: Callable[[Sequence[str]], None]
    """Sends a message about runs that wait."""
    is_local: bool = False
    """Nobody but this machine reaches it."""
    public_read: bool = False
    """Runs may be looked at without a token."""
    submissions: Places = field(
        default_factory=lambda: Places("submissions", most=SUBMISSIONS, each=SUBMISSIONS_OF_ONE)
    )
    """Those whose repository is being fetched."""
    streams: Places = field(default_factory=lambda: Places("event streams", most=STREAMS, each=STREAMS_OF_ONE))
    """Those that somebody reads."""
    limits_url: str = IN_THIS_PROCESS
    """Where requests are counted: in this process, or in Redis for several."""

    @property
    def is_open(self) -> bool:
        """Whoever reaches it may do everything, as at the terminal: on loopback, until the first token is made. One that ended
        does not open it again.
        """
        return self.is_local and not self.store.keyring.tokens()
