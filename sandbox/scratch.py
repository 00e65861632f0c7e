"""Folders that untrusted code has written to: claiming one, locking, copying and removing them whatever is in them."""

import fcntl
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import SandboxError

_PREFIX = "checkout-"


@contextmanager
def claimed(scratch: Path) -> Iterator[Path]:
    """A new folder in `scratch` that is ours until the context ends. Those of processes that crashed are removed."""
    with locked(scratch / "lock"):
        for claim in scratch.glob(f"{_PREFIX}*.lock"):
            _sweep(claim)
        descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=".lock", dir=scratch)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    folder = Path(name).with_suffix("")
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        remove(folder)
        Path(name).unlink()
        os.close(descriptor)


def _sweep(claim: Path) -> None:
    """Remove the folder of `claim` when nobody holds that."""
    try:
        descriptor = os.open(claim, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove(claim.with_suffix(""))
        claim.unlink(missing_ok=True)
    except BlockingIOError:
        return
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, waiting for whoever has it; the kernel gives it back when a process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def copy(source: Path, target: Path) -> None:
    """Copy the folder `source` to the new folder `target` with all times and modes, sharing blocks where that is free."""
    argv = ["/bin/cp", "-a", "--reflink=auto", "--", f"{source}/.", str(target)]
    done = subprocess.run(argv, capture_output=True, check=False, env={"LC_ALL": "C"})
    if done.returncode:
        raise SandboxError(f"copying {source} failed: {done.stderr.decode('utf-8', 'replace').strip()}")


def remove(path: Path) -> None:
    """Remove whatever is at `path`, links not followed; any depth and any modes. Nothing there is fine."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(mode):
        path.unlink()
        return
    path.chmod(0o700)
    trash = Path(tempfile.mkdtemp(prefix=".trash-", dir=path))
    pending = _empty(path, trash)
    while pending:
        folder = pending.pop()
        pending += _empty(folder, trash)
        folder.rmdir()
    trash.rmdir()
    path.rmdir()


def _empty(folder: Path, trash: Path) -> list[Path]:
    """Remove the files of `folder` and move its folders up to `trash`, so that no path ever becomes too long."""
    moved: list[Path] = []
    with os.scandir(folder) as entries:
        for entry in [entry for entry in entries if entry.path != str(trash)]:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)  # noqa: PTH108  there may be very many
                continue
            os.chmod(entry.path, 0o700)  # noqa: PTH101  as above
            moved.append(trash / str(entry.inode()))
            os.rename(entry.path, moved[-1])  # noqa: PTH104  as above
    return moved
