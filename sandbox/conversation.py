"""Talks with the runner in a container, over the container's attached standard streams."""

import json
import time
from collections.abc import Mapping
from typing import Any

from sandbox.engine import EngineLostError, Stream

_HEADER = 8
_STDOUT = 1
_CHUNK = 1 << 18
_SEND_SECONDS = 60.0


class Conversation:
    """Requests and answers, one line of JSON each. Every method raises EngineLostError when the other end is gone."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._received = bytearray()
        self._complaints = bytearray()

    def ask(self, request: Mapping[str, object], *, seconds: float) -> dict[str, Any]:
        """The answer to `request`."""
        try:
            self._stream.settimeout(_SEND_SECONDS)
            self._stream.sendall(json.dumps(request).encode() + b"\n")
        except (OSError, ValueError) as error:
            raise EngineLostError(f"the container takes no requests: {error}") from error
        return self.listen(seconds=seconds)

    def listen(self, *, seconds: float) -> dict[str, Any]:
        """The next line that the runner says."""
        deadline = time.monotonic() + seconds
        line = bytearray()
        while not line.endswith(b"\n"):
            kind, size = self._header(deadline)
            said = self._take(size, deadline)
            if kind == _STDOUT:
                line += said
            else:
                self._complaints += said
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the runner, and with it all that it started."""
        self._stream.close()

    def _header(self, deadline: float) -> tuple[int, int]:
        """Which stream the next frame is of, and its size."""
        header = self._take(_HEADER, deadline)
        return header[0], int.from_bytes(header[4:], "big")

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._received) < size:
            self._receive(deadline)
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken

    def _receive(self, deadline: float) -> None:
        try:
            self._stream.settimeout(max(deadline - time.monotonic(), 0.001))
            chunk = self._stream.recv(_CHUNK)
        except (OSError, ValueError) as error:
            raise EngineLostError(f"the container does not answer: {error}") from error
        if not chunk:
            said = self._complaints.decode("utf-8", "replace").strip()
            raise EngineLostError(said or "the container has ended")
        self._received += chunk
