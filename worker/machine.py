"""What only one process on a machine may do at a time: time samples, or work on a run."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ConfigError

_PAUSE_SECONDS = 0.2
TIMING_LOCK = Path("/tmp/perfsmith-timing.lock")  # noqa: S108 - one name that every user of the machine agrees on
"""Shared by all users of the machine, whatever their home: they share its cores."""


@contextmanager
def timing_alone() -> Iterator[None]:
    """Hold the machine's timing lock; waits for whoever is timing now."""
    descriptor = _open_timing_lock()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open_timing_lock() -> int:
    """The file is only ever locked, never written, so that one that another user made serves as well."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(TIMING_LOCK, flags)
    except FileNotFoundError:
        return os.open(TIMING_LOCK, flags | os.O_CREAT, 0o644)


@contextmanager
def claimed(workspace: Path, run_id: str, *, patience_seconds: float = 0.0) -> Iterator[None]:
    """Work on a run alone; ConfigError when another process does and goes on. A killed process loses its claim."""
    workspace.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(workspace / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        deadline = time.monotonic() + patience_seconds
        while not _locked(descriptor):
            if time.monotonic() >= deadline:
                raise ConfigError(f"run {run_id} is being worked on by another process")
            time.sleep(_PAUSE_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
