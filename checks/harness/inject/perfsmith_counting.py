"""Counts the outermost calls of functions, with running digests of what went in and what came of it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from perfsmith_digests import Digests
from perfsmith_sampling import Function

MOST_COUNTED = 50_000
"""After so many outermost calls of a function counting ends too; the first so many are the same in each run."""
DIGESTED = 300
"""Arguments and results of so many first calls of each function are in the running digests, then those of every 64th."""
LARGEST_DIGESTED = 100_000
LARGEST_DIGESTED_IN_ALL = 1_000_000
"""In elements or 64 bytes, of one call, and of all calls of a function: the same in each run with the same calls."""


class Counting:
    """All functions that were called, by their keys. `ignored` attributes do not count."""

    def __init__(self, *, ignored: Sequence[str]) -> None:
        self.functions: dict[str, Any] = {}
        self.lock = threading.Lock()
        self.digests = Digests(
            runs_code=False, most_nodes=3000, most_depth=30, ignored=ignored, most_size=LARGEST_DIGESTED
        )

    def function(self, key: str) -> Any:
        """What is known of a function."""
        return self.functions.setdefault(key, Function())

    def called(self, key: str, args: Any, kwargs: dict[str, Any], *, counts: bool) -> Any:
        """The function, which was called once more, and what `ended` has to know of this call; None if nothing.

        It `counts` when no code that the patch changes made the call.
        """
        with self.lock:
            function = self.function(key)
            function.calls += 1
            function.inner = function.inner or not counts
            if not counts or function.counted >= MOST_COUNTED:
                return function, None
            function.counted += 1
            if function.counted > DIGESTED and function.counted % 64:
                return function, None
            values = (*args, *kwargs.values())
            function.digest = self._added(function, function.digest, values)
        return function, values

    def ended(self, function: Any, values: Any, result: Any) -> None:
        """The call came to an end: what it returned, and left in the `values` that it was given."""
        # Code of the program may run meanwhile, and wait for a thread that waits here.
        if not self.lock.acquire(timeout=1):
            return
        try:
            function.results = self._added(function, function.results, (result, *values))
        finally:
            self.lock.release()

    def _added(self, function: Any, digest: int, values: Any) -> int:
        """The running digest with one more of `values`."""
        if function.digested > LARGEST_DIGESTED_IN_ALL:
            return digest
        self.digests.begin()
        try:
            one = int(self.digests.of(tuple(self.digests.of(each) for each in values)), 16)
        except Exception:  # noqa: BLE001 - of a strange or large value; it is so in every run
            one = 1
        finally:
            function.digested += self.digests.size
            self.digests.begin()  # keeps nothing of the program alive
        # A sum, so that the order of calls in several threads and processes does not matter.
        return (digest + one) % (1 << 64)
