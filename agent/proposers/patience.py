"""Asks a server again that does not answer, waiting longer and longer, until it answers or the patience ends."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import tenacity

Answer = TypeVar("Answer")

_FIRST_WAIT_SECONDS = 1.0
_LONGEST_BACKOFF_SECONDS = 15.0
_MOST_LOST = 5
"""Attempts at a question that may be billed without an answer; after them it is given up."""


class UnansweredError(Exception):
    """One attempt brought no answer."""

    def __init__(self, why: str, *, lost: bool = False, retry: bool = True, wait_seconds: float | None = None) -> None:
        super().__init__(why)
        self.at = time.monotonic()
        self.lost = lost
        """It reached the server and may be billed."""
        self.retry = retry
        self.wait_seconds = wait_seconds
        """As the server asks for."""


@dataclass(kw_only=True)
class Patience:
    """How long one question is asked again, and what came of the attempts."""

    seconds: float
    """From the first failure on."""
    longest_wait_seconds: float
    """Between attempts, whatever the server asks for."""
    most_lost: int | None
    """No attempt follows so many lost ones."""
    most_seconds: float | None
    """From now on, however short the question has been failing."""
    told: Callable[[UnansweredError], None]
    """Hears of the first failure that is waited after."""
    sleep: Callable[[float], None]
    failures: list[UnansweredError] = field(default_factory=list, init=False)
    _until: float = field(init=False)

    def __post_init__(self) -> None:
        self._until = math.inf if self.most_seconds is None else time.monotonic() + self.most_seconds

    @property
    def lost(self) -> int:
        """Attempts that may be billed without an answer."""
        return sum(failure.lost for failure in self.failures)

    def answer(self, attempt: Callable[[], Answer]) -> Answer:
        """What `attempt` gives, at last; else its last UnansweredError."""

        def noted() -> Answer:
            try:
                return attempt()
            except UnansweredError as failure:
                self.failures.append(failure)
                raise

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, UnansweredError) and error.retry),
            stop=lambda _: self._is_over(),
            wait=lambda _: min(self._seconds_left(), self._wait_seconds()),
            before_sleep=lambda _: self._tell(),
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(noted)

    def _is_over(self) -> bool:
        most_lost = _MOST_LOST if self.most_lost is None else min(_MOST_LOST, self.most_lost)
        return self._seconds_left() <= 0 or self.lost >= most_lost

    def _seconds_left(self) -> float:
        return max(0.0, min(self._until, self.failures[0].at + self.seconds) - time.monotonic())

    def _wait_seconds(self) -> float:
        asked_for = self.failures[-1].wait_seconds
        backoff: float = min(_LONGEST_BACKOFF_SECONDS, _FIRST_WAIT_SECONDS * 2 ** (len(self.failures) - 1))
        wait = (
            backoff if asked_for is None else max(_FIRST_WAIT_SECONDS, asked_for)
        )  # "at once", for minutes, would be a flood
        return min(self.longest_wait_seconds, wait)

    def _tell(self) -> None:
        if len(self.failures) == 1:
            self.told(self.failures[0])
