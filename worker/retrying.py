"""Asks again over HTTP, where one attempt brought no answer and another one may."""

from collections.abc import Callable
from typing import TypeVar

import tenacity

Found = TypeVar("Found")
_SHORTEST_WAIT_SECONDS = 1.0


class BusyError(Exception):
    """One attempt brought no answer; another one may."""

    def __init__(self, why: str, wait_seconds: float | None = None, *, invites: bool = False) -> None:
        super().__init__(why)
        self.wait_seconds = wait_seconds
        """How long to wait before that, where somebody said so."""
        self.invites = invites
        """Nothing is wrong: there is no room just now, and one is told to come back."""


def persistently(
    attempt: Callable[[], Found],
    *,
    attempts: int,
    longest_wait_seconds: float,
    sleep: Callable[[float], None],
    invited: int = 0,
) -> Found:
    """What `attempt` gives, after as many attempts as it takes and at most so many: then its last BusyError. Up to `invited` of those
    that were told to come back do not count.
    """
    invitations = 0

    def noted() -> Found:
        nonlocal invitations
        try:
            return attempt()
        except BusyError as error:
            invitations += error.invites
            raise

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(BusyError),
        stop=lambda state: state.attempt_number >= attempts + min(invitations, invited),
        wait=lambda state: min(longest_wait_seconds, _wait_seconds(state)),
        sleep=sleep,
        reraise=True,
    )
    return retrying(noted)


def _wait_seconds(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait_seconds if isinstance(error, BusyError) else None
    backoff: float = 2.0 ** (state.attempt_number - 1)
    return backoff if asked is None else max(_SHORTEST_WAIT_SECONDS, asked)
