"""Room for what takes long: so many at a time, and fewer of them for one caller, so that no caller can keep all others out."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from api.problems import RefusedError

RETRY_SECONDS = 10


class Places:
    """How many of `what` are under way, and whose."""

    def __init__(self, what: str, *, most: int, each: int) -> None:
        self._what = what
        self._most = most
        self._each = each
        self._taken = Counter[str]()
        self._changing = threading.Lock()

    @contextmanager
    def taken(self, name: str) -> Iterator[None]:
        """A place of the caller's for as long as the context lasts; RefusedError with 429 when there is none."""
        self._take(name)
        try:
            yield
        finally:
            self._give_back(name)

    def _take(self, name: str) -> None:
        with self._changing:
            if self._taken[name] >= self._each or self._taken.total() >= self._most:
                detail = (
                    f"{self._taken[name]} {self._what} of {name} are under way, and {self._taken.total()} of all callers; at a time "
                    f"there may be {self._each} and {self._most}: try again in {RETRY_SECONDS} s"
                )
                headers = {"Retry-After": str(RETRY_SECONDS)}
                raise RefusedError(HTTPStatus.TOO_MANY_REQUESTS, detail, headers=headers)
            self._taken[name] += 1

    def _give_back(self, name: str) -> None:
        with self._changing:
            self._taken[name] -= 1
            self._taken += Counter()  # forgets names that have none left
