"""Where a run's source tree comes from: the first time as it was asked for, later from what the run remembers."""

import shutil
from collections.abc import Callable
from pathlib import Path

from core.errors import ConfigError, MachineError
from core.problem import Problem
from sandbox.addresses import Sources, remote_of
from sandbox.archives import is_archive
from sandbox.repository import Materialised, local_path, materialise, materialise_archive
from sandbox.scratch import remove

ARCHIVE = "archive"
"""The run's own copy of a submitted archive, in its workspace: the user's may be gone when the run is resumed."""


def obtain(repository: str, ref: str | None, workspace: Path, sources: Sources) -> Materialised:
    """The source tree as the folder `tree` of `workspace`. ConfigError when there is none or it is not allowed."""
    tree = workspace / "tree"
    if remote_of(repository, sources):
        return materialise(repository, ref, tree, sources)
    path = local_path(repository, sources)
    if not is_archive(path):
        return materialise(repository, ref, tree, sources)
    if ref is not None:
        raise ConfigError(f"an archive has no branches, tags and commits; leave {ref!r} out")
    kept = workspace / ARCHIVE
    _keep(path, kept, sources)
    return materialise_archive(kept, tree, sources.limits)


def _keep(archive: Path, kept: Path, sources: Sources) -> None:
    if archive.stat().st_size > sources.limits.size_bytes:
        raise ConfigError(f"{archive} can't be taken: {sources.limits.too_large}")
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(archive, kept)
    except OSError as error:
        raise ConfigError(f"{archive} can't be read: {error.strerror}") from error


def obtain_again(
    problem: Problem, workspace: Path, sources: Sources, archive: Callable[[], bytes | None] = lambda: None
) -> Path:
    """The tree of a run that has begun: what is there, else the same files from where they came from. `archive` brings the
    one that was submitted, from wherever it is kept besides this machine. MachineError when its server can't be reached.
    """
    tree = workspace / "tree"
    if tree.is_dir():
        return tree
    part = tree.with_suffix(".part")
    remove(part)
    kept = workspace / ARCHIVE
    if kept.is_file() or _fetched(archive(), kept):
        made = materialise_archive(kept, part, sources.limits)
    elif remote_of(problem.repository, sources):
        made = _fetched_again(problem, part, sources)
    elif Path(problem.repository).is_absolute():
        made = materialise(problem.repository, problem.revision, part, sources)
    else:
        raise ConfigError(f"the archive {problem.repository} is not kept any more; submit it again")
    if made.revision != problem.revision:
        raise ConfigError(f"{problem.repository} has the revision {made.revision} now, not {problem.revision}")
    part.rename(tree)
    return tree


def _fetched_again(problem: Problem, into: Path, sources: Sources) -> Materialised:
    """What was fetched once, when the run was submitted: if it can't be now, that is rarely for good."""
    try:
        return materialise(problem.repository, problem.revision, into, sources)
    except ConfigError as error:
        raise MachineError(f"what the run was submitted with can't be fetched again: {error}") from error


def _fetched(archive: bytes | None, kept: Path) -> bool:
    """Whether there is an archive, which is in the workspace now: whole, or not at all."""
    if archive is None:
        return False
    part = kept.with_suffix(".part")
    kept.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(archive)
    part.rename(kept)
    return True


def submitted_archive(workspace: Path) -> bytes | None:
    """The archive that the run of `workspace` was submitted as, if it was."""
    kept = workspace / ARCHIVE
    return kept.read_bytes() if kept.is_file() else None


def name_of(repository: str, sources: Sources) -> str:
    """The repository so that a later process finds it again, wherever it is started."""
    return repository if remote_of(repository, sources) else str(Path(repository).resolve())
