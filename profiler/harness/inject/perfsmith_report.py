"""Writes what a profiler saw. Several processes of a tree may report; the one that did most is kept."""

import contextlib
import fcntl
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def out() -> Path:
    """The folder for reports."""
    return Path(os.environ["PERFSMITH_OUT"])


def keep_largest(name: str, report: dict[str, Any]) -> None:
    """Write `report` to the file `name`, unless what is there has a larger total."""
    target, lock = out() / name, out() / f"{name}.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if target.exists() and json.loads(target.read_text())["total"] >= report["total"]:
            return
        new = out() / f"{name}.{os.getpid()}"
        new.write_text(json.dumps(report))
        new.replace(target)


@contextlib.contextmanager
def own_packages() -> Iterator[None]:
    """Imports inside see perfsmith's own packages; afterwards the program under the profiler does not."""
    site, before = os.environ["PERFSMITH_SITE"], set(sys.modules)
    sys.path.append(site)
    try:
        yield
    finally:
        sys.path.remove(site)
        for name in set(sys.modules) - before:
            if _is_borrowed(name, site):
                del sys.modules[name]


def _is_borrowed(name: str, site: str) -> bool:
    """Whether the program might want this module from its own environment; compiled ones can't be loaded twice."""
    file = getattr(sys.modules[name], "__file__", None) or ""
    return file.startswith(site) and name.partition(".")[0] not in {"memray", "line_profiler"}
