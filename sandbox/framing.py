"""Takes apart what an engine sends of a container: frames, each of one of the two streams that the container writes to."""

from typing import Protocol

_HEADER = 8
_STDOUT = 1
_CHUNK = 1 << 18
_LONGEST_COMPLAINT = 1 << 16


class Framed(Protocol):
    """A connection on which frames arrive."""

    def settimeout(self, seconds: float) -> None:
        """From now on give up with TimeoutError after so long."""

    def sendall(self, data: bytes) -> None:
        """Write everything."""

    def recv(self, size: int) -> bytes:
        """What is there, at most `size`; empty when the other end is gone."""

    def close(self) -> None:
        """End the container's standard input."""


class Unframed:
    """The container's standard output by itself; what it says on its standard error is kept aside."""

    def __init__(self, framed: Framed) -> None:
        self._framed = framed
        self._received = bytearray()
        self._complaints = bytearray()
        self._kind = self._left = 0

    def settimeout(self, seconds: float) -> None:
        """From now on give up with TimeoutError after so long."""
        self._framed.settimeout(seconds)

    def sendall(self, data: bytes) -> None:
        """Write everything."""
        self._framed.sendall(data)

    def recv(self, size: int) -> bytes:
        """What there is of its standard output, at most `size`; empty when the other end is gone."""
        while True:
            while self._left == 0 and len(self._received) >= _HEADER:
                self._kind, self._left = self._received[0], int.from_bytes(self._received[4:_HEADER], "big")
                del self._received[:_HEADER]
            part = bytes(self._received[: min(size, self._left)])
            if not part:
                if not (chunk := self._framed.recv(_CHUNK)):
                    return b""
                self._received += chunk
                continue
            del self._received[: len(part)]
            self._left -= len(part)
            if self._kind == _STDOUT:
                return part
            self._complaints += part[: max(_LONGEST_COMPLAINT - len(self._complaints), 0)]

    def complaints(self) -> str:
        """What it has said on its standard error so far."""
        return self._complaints.decode("utf-8", "replace").strip()

    def close(self) -> None:
        """End the container's standard input."""
        self._framed.close()
