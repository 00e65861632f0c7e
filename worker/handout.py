"""What a run leaves for its user: patch.diff, report.html and run.json in one folder."""

from dataclasses import dataclass
from pathlib import Path

from core.errors import StoreError
from core.run import Record
from worker.report.html import render
from worker.report.machine import everything, summary, to_json


@dataclass(frozen=True, kw_only=True)
class Handout:
    """The run and the files that were written about it."""

    record: Record
    folder: Path
    patch: Path | None
    """None when nothing was confirmed."""

    @property
    def report(self) -> Path:
        """The page for people."""
        return self.folder / "report.html"

    @property
    def summary(self) -> dict[str, object]:
        """The object for machines."""
        return summary(self.record, patch=str(self.patch) if self.patch else None)


def hand_out(record: Record, folder: Path) -> Handout:
    """Write the files; StoreError when the folder can't be written."""
    winner = record.winner
    handout = Handout(record=record, folder=folder, patch=folder / "patch.diff" if winner else None)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if winner and handout.patch:
            handout.patch.write_bytes(winner.proposal.patch.encode("utf-8", "surrogateescape"))
        handout.report.write_text(render(record), encoding="utf-8")
        patch = str(handout.patch) if handout.patch else None
        (folder / "run.json").write_text(to_json(everything(record, patch=patch)), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"the results of run {record.run.id} can't be written to {folder}: {error}") from error
    return handout
