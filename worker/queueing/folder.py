"""Messages as files in a folder, for one machine: kombu's transport, but with messages that are there whole or not at all.

Kombu's own lets a reader see a message before it is written, and ends the worker when it finds one that a full disk has cut.
"""

import json
import logging
import os
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem

_log = logging.getLogger(__name__)
_ENDING = "msg"
_PART = "part"
_TAKEN = "taken"


class Channel(filesystem.Channel):
    """Puts a message by renaming it into place and takes it by renaming it away."""

    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override] # kombu's two bases disagree
        """A message that is there whole; ChannelError, and nothing is left, when it can't be written."""
        file = Path(self.data_folder_out) / f"{uuid4()}.{queue}.{_ENDING}"
        part = file.with_suffix(f".{_PART}")
        try:
            part.write_text(json.dumps(payload), encoding="utf-8")
            part.rename(file)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise ChannelError(f"the message can't be written to {file.parent}: {error.strerror}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The oldest message that no other process takes; raises Empty when there is none."""
        del timeout
        for file in self._messages(queue):
            taken = file.with_suffix(f".{_TAKEN}")
            try:
                file.rename(taken)
                text = taken.read_text(encoding="utf-8")
                taken.unlink()
            except OSError:
                continue  # another process was faster
            try:
                return json.loads(text)
            except ValueError:
                _log.warning("a message that can't be read was thrown away: %s", file.name)
        raise Empty

    def _messages(self, queue: str) -> list[Path]:
        with os.scandir(self.data_folder_in) as entries:
            own = [entry for entry in entries if entry.name.endswith(f".{queue}.{_ENDING}")]
        return [Path(entry.path) for entry in sorted(own, key=_age)]


def _age(entry: "os.DirEntry[str]") -> float:
    try:
        return entry.stat().st_mtime
    except OSError:
        return 0.0


class Transport(filesystem.Transport):
    """Kombu's transport with the channel from above."""

    Channel = Channel
