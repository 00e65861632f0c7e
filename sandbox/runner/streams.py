"""What a command writes to one stream: kept in part, counted and hashed whole."""

import base64
import hashlib
import os
from typing import Any

_CHUNK = 1 << 16


class Stream:
    """Keeps the first and the last part of what it is fed, and counts and hashes all of it."""

    def __init__(self, descriptor: int, keep: int) -> None:
        self.descriptor = descriptor
        self.open = True
        self._head, self._tail = bytearray(), bytearray()
        self._keep = keep
        self._size = 0
        self._hash = hashlib.sha256()
        os.set_blocking(descriptor, False)

    def drain(self, *, everything: bool = False) -> None:
        """Take in what is there now: one chunk, or everything."""
        try:
            while chunk := os.read(self.descriptor, _CHUNK):
                self.add(chunk)
                if not everything:
                    return
            self.open = False
        except BlockingIOError:
            return

    def add(self, chunk: bytes) -> None:
        """Take in `chunk` as the next of what was written."""
        self._size += len(chunk)
        self._hash.update(chunk)
        room = self._keep // 2 - len(self._head)
        self._head += chunk[: max(room, 0)]
        self._tail += chunk[max(room, 0) :]
        if len(self._tail) > 2 * self._keep:
            self._trim()

    def _trim(self) -> None:
        del self._tail[: max(len(self._tail) - (self._keep - self._keep // 2), 0)]

    def facts(self) -> dict[str, Any]:
        """What is told about it."""
        self._trim()
        left_out = self._size - len(self._head) - len(self._tail)
        marker = b"\n[... %d bytes left out ...]\n" % left_out if left_out else b""
        data = base64.b64encode(bytes(self._head) + marker + bytes(self._tail)).decode()
        return {"data": data, "size": self._size, "sha256": self._hash.hexdigest()}
