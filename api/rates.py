"""How often a caller may ask: counted for all processes together where there is a Redis, and by each for itself while it is away."""

import time

import structlog
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

IN_THIS_PROCESS = "memory://"
ANSWER_SECONDS = 1.0
"""Counting takes a moment, or it is as if nobody were there: a request waits for it."""
AWAY_SECONDS = 10.0
"""What did not answer is not asked again before, and so it is noted no more often."""
_log = structlog.get_logger(__name__)


class Rates:
    """Counts what callers ask, by name."""

    def __init__(self, url: str) -> None:
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared = None if url == IN_THIS_PROCESS else _shared(url)
        self._away_until = 0.0

    def wait_seconds(self, name: str, *, most: int) -> int:
        """0 when `name` may ask now, `most` times a minute, which is counted; else when to come back."""
        item = RateLimitItemPerMinute(most)
        if self._shared is not None and time.monotonic() >= self._away_until:
            try:
                return _wait(self._shared, item, name)
            except StorageError as error:
                self._away_until = time.monotonic() + AWAY_SECONDS
                _log.warning("requests are counted in this process only", error=str(error.storage_error))
        return _wait(self._own, item, name)


def _shared(url: str) -> MovingWindowRateLimiter:
    timeouts = {"socket_connect_timeout": ANSWER_SECONDS, "socket_timeout": ANSWER_SECONDS}
    return MovingWindowRateLimiter(storage_from_string(url, wrap_exceptions=True, **timeouts))


def _wait(limiter: MovingWindowRateLimiter, item: RateLimitItemPerMinute, name: str) -> int:
    if limiter.hit(item, name):
        return 0
    return max(1, round(limiter.get_window_stats(item, name).reset_time - time.time()))
