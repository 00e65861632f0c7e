"""How large a source may be: its files are counted and their paths looked at before they are written, or while they are."""

import os
import time
from dataclasses import dataclass

from core.errors import ConfigError

LONGEST_NAME, LONGEST_PATH = 255, 1000
"""Bytes of one name, as Linux file systems have it, and of a whole path inside the repository."""
DEEPEST = 100
"""Parts of a path."""
RATIO = 200
"""An archive that unpacks to more than so many times its size, and to more than the next number of bytes, is a bomb."""
HARMLESS_BYTES = 64 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What fetching or unpacking one source may take."""

    seconds: float = 600.0
    size_bytes: int = 1 << 30
    """Of what is downloaded, and of the files that come of it."""
    files: int = 100_000

    @property
    def too_slow(self) -> str:
        """In words, as the next two: which limit was exceeded, and who can raise it."""
        return f"it took longer than {self.seconds:g} s, the limit of PERFSMITH_SOURCE_SECONDS"

    @property
    def too_large(self) -> str:
        """As above."""
        return f"it is larger than {self.size_bytes} bytes, the limit of PERFSMITH_SOURCE_BYTES"

    @property
    def too_many(self) -> str:
        """As above."""
        return f"it has more than {self.files} files, the limit of PERFSMITH_SOURCE_FILES"


DEFAULT_LIMITS = Limits()


class Extent:
    """What one source has taken so far. Every method raises ConfigError at the limit it reaches."""

    def __init__(self, limits: Limits, *, packed_bytes: int | None = None) -> None:
        """`packed_bytes` is the size of the archive that the files come from, if they do."""
        self._limits = limits
        self._bomb = None if packed_bytes is None else max(HARMLESS_BYTES, RATIO * packed_bytes)
        self._deadline = time.monotonic() + limits.seconds
        self._files = 0
        self._size = 0

    def add_file(self, path: str) -> None:
        """Count one file; a path that no file system could hold, or that is absurdly deep, is refused."""
        self._files += 1
        if self._files > self._limits.files:
            raise ConfigError(self._limits.too_many)
        names = os.fsencode(path).split(b"/")
        if max(map(len, names)) > LONGEST_NAME or len(os.fsencode(path)) > LONGEST_PATH or len(names) > DEEPEST:
            raise ConfigError(
                f"the path {shown(path)} is too long: a name may have {LONGEST_NAME} bytes, a path {LONGEST_PATH}, "
                f"and {DEEPEST} parts"
            )

    def add_bytes(self, count: int) -> None:
        """Count bytes of files; where it is called often, this is also what looks at the clock."""
        self._size += count
        if self._size > self._limits.size_bytes:
            raise ConfigError(self._limits.too_large)
        if self._bomb is not None and self._size > self._bomb:
            raise ConfigError(
                f"it unpacks to more than {self._bomb} bytes, which is more than {RATIO} times its own size"
            )
        if time.monotonic() > self._deadline:
            raise ConfigError(self._limits.too_slow)


def shown(text: str, *, longest: int = 200) -> str:
    """A name that a stranger chose, quoted for a message: nothing in it moves the cursor, and it is not too long."""
    return ascii(text) if len(text) <= longest else f"{text[:longest]!a} …"
