"""What every answer is made from, put together once when the API starts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.rates import IN_THIS_PROCESS
from store.sql import SqlStore
from worker.settings import Settings


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
    limits_url: str = IN_THIS_PROCESS
    """Where requests are counted: in this process, or in Redis for several."""

    @property
    def is_open(self) -> bool:
        """Whoever reaches it may do everything, as at the terminal: on loopback, until the first token is made. One that ended
        does not open it again.
        """
        return self.is_local and not self.store.keyring.tokens()
