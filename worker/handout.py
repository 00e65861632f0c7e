"""What a run leaves for its user: patch.diff, report.html and run.json in one folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import StoreError
from core.run import Record
from worker.report.html import render
from worker.report.machine import everything, summary, to_json

PATCH, REPORT, RECORD = "patch.diff", "report.html", "run.json"


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
        return self.folder / REPORT

    @property
    def summary(self) -> dict[str, object]:
        """The object for machines."""
        return summary(self.record, patch=str(self.patch) if self.patch else None)


def hand_out(record: Record, folder: Path) -> Handout:
    """Write the files; StoreError when the folder can't be written."""
    patch = record.winner.proposal.patch if record.winner else ""
    place = write_files(folder, patch=patch, report=render(record).encode(), record=everything(record))
    return Handout(record=record, folder=folder, patch=place)


def write_files(folder: Path, *, patch: str, report: bytes, record: Mapping[str, object]) -> Path | None:
    """Write the files of a run, whose record is what `everything` gives; returns where the patch is, None for an empty one.

    StoreError when the folder can't be written.
    """
    place = folder / PATCH if patch else None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if place:
            place.write_bytes(patch.encode("utf-8", "surrogateescape"))
        (folder / REPORT).write_bytes(report)
        found = to_json({**record, "patch": str(place) if place else None})
        (folder / RECORD).write_text(found, encoding="utf-8")
    except OSError as error:
        reason = f"the results of run {record.get('run_id')} can't be written to {folder}: {error}"
        raise StoreError(reason) from error
    return place


def clear(folder: Path) -> None:
    """Remove the files of an earlier run where they could be taken for those of the next one."""
    try:
        for name in (PATCH, REPORT, RECORD):
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"the files of an earlier run in {folder} can't be removed: {error}") from error
