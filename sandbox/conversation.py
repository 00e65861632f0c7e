"""Talks with the runner in a container, over its standard streams."""

import json
import time
from collections.abc import Mapping
from typing import Any

from sandbox.engine import EngineLostError, Stream

_CHUNK = 1 << 18
_SEND_SECONDS = 60.0
_LONGEST_ANSWER = 1 << 31
"""No runner says as much; one that was taken over must not fill the memory of its judge."""


class Conversation:
    """Requests and answers, one line of JSON each. Every method raises EngineLostError when the other end is gone."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def ask(self, request: Mapping[str, object], *, seconds: float) -> dict[str, Any]:
        """The answer to `request`."""
        try:
            self._stream.settimeout(_SEND_SECONDS)
            self._stream.sendall(json.dumps(request).encode() + b"\n")
        except (OSError, ValueError) as error:
            raise EngineLostError(f"the container takes no requests: {error}") from error
        return self.listen(seconds=seconds)

    def listen(self, *, seconds: float) -> dict[str, Any]:
        """The next line that the runner says; it says nothing unasked."""
        deadline = time.monotonic() + seconds
        line = bytearray()
        while not line.endswith(b"\n"):
            line += self._receive(deadline)
            if len(line) > _LONGEST_ANSWER:
                raise EngineLostError("the runner says more than it can have to say")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the runner, and with it all that it started."""
        self._stream.close()

    def _receive(self, deadline: float) -> bytes:
        try:
            self._stream.settimeout(max(deadline - time.monotonic(), 0.001))
            chunk = self._stream.recv(_CHUNK)
        except (OSError, ValueError) as error:
            raise EngineLostError(f"the container does not answer: {error}") from error
        if not chunk:
            raise EngineLostError(self._stream.complaints() or "the container has ended")
        return chunk
