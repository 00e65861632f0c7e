"""Counts the files in private file systems, where the kernel was not told how many there may be."""

import os
from collections.abc import Sequence


class Files:
    """How many more files than now there may be in each of `places`; 0 for any number."""

    def __init__(self, most: int, places: Sequence[str]) -> None:
        self._most = most
        self._before = {place: _used(place) for place in (places if most else ())}

    def look(self) -> str:
        """Why the command must be stopped, or nothing."""
        for place, before in self._before.items():
            if _used(place) - before > self._most:
                return f"it made more than {self._most} files in {place}"
        return ""


def _used(place: str) -> int:
    facts = os.statvfs(place)
    return facts.f_files - facts.f_ffree
