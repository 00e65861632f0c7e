"""What Ctrl-C means: the first ends the search and confirms what is proven, the second ends the run, as SIGTERM does."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from core.progress import Noted
from core.protocols import Listener


class Interruption:
    """Counts Ctrl-C; it and SIGTERM raise KeyboardInterrupt where the main thread is."""

    def __init__(self, notify: Listener) -> None:
        self._notify = notify
        self._count = 0

    def __call__(self) -> bool:
        """Whether there was a Ctrl-C."""
        return self._count > 0

    def take(self, signum: int, frame: FrameType | None) -> None:
        """Handle the signal."""
        del frame
        self._count += signum == signal.SIGINT
        if self._count == 1 and signum == signal.SIGINT:
            self._notify(
                Noted(message="ending the search; what is proven so far is confirmed (Ctrl-C again: stop now)")
            )
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
