"""What is kept of runs: forgotten after some time, together with their folders; carried from one store to another."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.errors import ConfigError
from core.run import OVER, RunSummary
from sandbox.scratch import remove
from store.sql import SqlStore
from worker.machine import claimed
from worker.settings import Settings


def forget_old_runs(store: SqlStore, settings: Settings, *, older_than: timedelta) -> int:
    """Delete the runs that ended so long ago, and folders on this machine whose run is gone; how many runs."""
    count = store.prune(datetime.now(UTC) - older_than)
    runs = settings.home / "runs"
    for folder in sorted(runs.iterdir()) if runs.is_dir() else ():
        if folder.is_dir() and _known(folder.name, store) is None:
            _remove(folder)
    return count


def clear_ended(store: SqlStore, settings: Settings) -> None:
    """Remove the folders of runs of workers that are over, where nobody looks into them; who takes such a run up again makes its
    folder again. What a command at a terminal has handed out there stays.
    """
    runs = settings.home / "runs"
    for folder in sorted(runs.iterdir()) if runs.is_dir() else ():
        if folder.is_dir() and _has_ended_here(folder.name, store):
            _remove_unused(folder)


def _has_ended_here(run_id: str, store: SqlStore) -> bool:
    known = _known(run_id, store)
    return known is not None and known.waits and known.status in OVER


def _known(run_id: str, store: SqlStore) -> RunSummary | None:
    """None for the start of an id as well."""
    try:
        found = store.catalogue.summary(run_id)
    except ConfigError:
        return None
    return found if found.id == run_id else None


def _remove(workspace: Path) -> None:
    """Not while it is new: a run is made in its folder before it is stored."""
    age = datetime.now(UTC) - datetime.fromtimestamp(workspace.stat().st_mtime, UTC)
    if age >= timedelta(hours=1):
        _remove_unused(workspace)


def _remove_unused(workspace: Path) -> None:
    """Not while somebody works in it."""
    try:
        with claimed(workspace, workspace.name):
            remove(workspace)
    except ConfigError:
        return


def write_bundle(store: SqlStore, run_id: str, file: Path) -> None:
    """The run as a file for another store; ConfigError when that can't be written or is there already."""
    data = store.export_run(run_id)
    try:
        with file.open("xb") as opened:
            opened.write(data)
    except FileExistsError:
        raise ConfigError(f"{file} exists already; it is left as it is") from None
    except OSError as error:
        raise ConfigError(f"{file} can't be written: {error.strerror}") from error


def read_bundle(store: SqlStore, file: Path) -> str:
    """Store the run that another store wrote to the file; its id."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file} can't be read: {error.strerror}") from error
    return store.import_run(data)
