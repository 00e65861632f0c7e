"""What Ctrl-C means: the first ends the search, and what is proven is confirmed; the second ends the run, as SIGTERM does."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from core.progress import Event, Noted, StageStarted
from core.protocols import Listener

WHAT_FOLLOWS = {
    "search": "ending the search; what is proven so far is confirmed (Ctrl-C again: stop now)",
    "canary": "going on without a canary; what is proven is confirmed (Ctrl-C again: stop now)",
    "minimise": "leaving the patch as large as it is now; it is confirmed (Ctrl-C again: stop now)",
    "confirm": "the confirmation is going on; Ctrl-C again to stop without it",
}
"""What the first Ctrl-C does in each stage that it does not simply end."""


class Interruption:
    """Counts Ctrl-C; a listener, so that it knows the stage that it falls into."""

    def __init__(self, notify: Listener) -> None:
        self._notify = notify
        self._count = 0
        self._stage = ""

    def __call__(self) -> bool:
        """Whether there was a Ctrl-C."""
        return self._count > 0

    def listen(self, event: Event) -> None:
        """Note the stage and pass on the event."""
        if isinstance(event, StageStarted):
            self._stage = event.stage
        self._notify(event)

    def take(self, signum: int, frame: FrameType | None) -> None:
        """Handle the signal: KeyboardInterrupt where the main thread is, but for a first Ctrl-C while confirming."""
        del frame
        first = signum == signal.SIGINT and self._count == 0
        self._count += signum == signal.SIGINT
        if first and self._stage in WHAT_FOLLOWS:
            self._notify(Noted(message=WHAT_FOLLOWS[self._stage]))
            if self._stage == "confirm":
                return
        raise KeyboardInterrupt


@contextmanager
def interruption(notify: Listener) -> Iterator[Interruption]:
    """Takes Ctrl-C and SIGTERM while the context lasts."""
    taken = Interruption(notify)
    before = {number: signal.signal(number, taken.take) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield taken
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
