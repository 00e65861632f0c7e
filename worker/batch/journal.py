"""Remembers which run each line of a batch became, so that a batch that was cut off goes on where it was."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from core.errors import StoreError


@dataclass(frozen=True, kw_only=True)
class Journal:
    """A file beside the results; a line is added, and on the disk, before its run is worked on."""

    path: Path

    @classmethod
    def beside(cls, results: Path) -> "Journal":
        """The journal that belongs to these results."""
        return cls(path=results.with_name(f".{results.name}.journal"))

    def runs(self) -> dict[str, str]:
        """The ids of runs by the digest of their line. What a crash left half written counts as not there."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"the journal {self.path} can't be read: {error}") from error
        entries = [_entry(line) for line in text.split("\n")]
        return {digest: run_id for digest, run_id in entries if digest}

    def note(self, digest: str, run_id: str) -> None:
        """Remember the run of a line."""
        try:
            with self.path.open("a", encoding="utf-8") as file:
                # On a line of its own, whatever a crash left before.
                file.write("\n" + json.dumps([digest, run_id]))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"the journal {self.path} can't be written: {error.strerror}") from error


def _entry(line: str) -> tuple[str, str]:
    try:
        digest, run_id = json.loads(line)
    except (ValueError, TypeError):
        return "", ""
    return str(digest), str(run_id)
