"""A run together with what is needed to work on it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from agent.crew import Alone
from core.protocols import Crew, Listener, Store
from worker.settings import Settings

INTERRUPTED = "interrupted by the user"


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
    archive: Callable[[], bytes | None] = lambda: None
    """Brings the archive that the run was submitted as, where it is kept besides this machine."""
    is_shared: bool = False
    """Whether other machines may take the run up: then it is not its end that this one is unable to work on it."""
    is_retried: bool = False
    """The same for a store, a disk or a sandbox that fails: whether there is another attempt."""
    patience_seconds: float = 0.0
    """How long another process on this machine may take to let go of the run."""
    cut_off: str = INTERRUPTED
    """Why the run ended when it is cut off, in words."""
    crew: Crew = field(default_factory=Alone)
    """Who evaluates its candidates."""
