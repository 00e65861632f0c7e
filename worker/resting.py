"""Runs that a worker leaves alone for a while, because it could do nothing for them."""

import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Resting:
    """Runs, and until when they rest, by a clock that nobody can set. Any thread may ask."""

    seconds: float
    _until: dict[str, float] = field(default_factory=dict, init=False)
    _change: threading.Lock = field(default_factory=threading.Lock, init=False)

    def add(self, run_id: str) -> None:
        """Leave the run alone from now on."""
        with self._change:
            self._until[run_id] = time.monotonic() + self.seconds

    def runs(self) -> frozenset[str]:
        """Those that rest now."""
        now = time.monotonic()
        with self._change:
            for run_id in [run_id for run_id, until in self._until.items() if until <= now]:
                del self._until[run_id]
            return frozenset(self._until)
