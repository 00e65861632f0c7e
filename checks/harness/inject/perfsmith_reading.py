"""Whether the program reads files that are edited as data, and not to import them or to show a line of them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

READERS = 4
"""Frames above a call of open in which its purpose shows."""


class Reading:
    """Looks at every file that the process opens; `seen` once it was one of `files`, which are real paths."""

    def __init__(self, files: Iterable[str]) -> None:
        self.files = frozenset(files)
        self.seen = False

    def start(self) -> None:
        """From now on, and as long as the process lives."""
        sys.addaudithook(self._look_at)

    def _look_at(self, event: str, arguments: Any) -> None:
        if event != "open" or not isinstance(arguments[0], str) or not arguments[0].endswith(".py"):
            return
        frame, above = sys._getframe().f_back, 0  # noqa: SLF001 - the caller
        if frame is None:  # the interpreter, which opens the script that it runs
            return
        while frame is not None and above < READERS:
            if frame.f_code.co_filename.startswith("<frozen ") or frame.f_code.co_filename.endswith("linecache.py"):
                return
            frame, above = frame.f_back, above + 1
        self.seen = self.seen or os.path.realpath(arguments[0]) in self.files
