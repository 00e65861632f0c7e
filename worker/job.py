"""A run together with what is needed to work on it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.protocols import Listener, Store
from worker.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Job:
    """A run and what is needed to work on it."""

    run_id: str
    store: Store
    settings: Settings
    notify: Listener
    interrupted: Callable[[], bool]
    """Whether the user wants the search to end; what is proven by then is still confirmed."""
    output: Path | None = None
    """Where patch and report go; into the run's own folder when None."""
