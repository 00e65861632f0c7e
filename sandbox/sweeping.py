"""Finds containers that a perfsmith which is no more has left, and removes them."""

import fcntl
import os
import uuid
from collections.abc import Mapping
from pathlib import Path

from sandbox.engine import Engine
from sandbox.scratch import locked

HOME_LABEL, CLAIM_LABEL = "perfsmith.home", "perfsmith.claim"
"""On every container: which scratch folder its maker uses, and the claim in there that its maker holds."""


def owner_labels(scratch: Path, claim: Path) -> Mapping[str, str]:
    """What tells to whom a container belongs that is made under `claim` (see `sandbox.scratch`)."""
    return {HOME_LABEL: _home(scratch), CLAIM_LABEL: claim.name}


def _home(scratch: Path) -> str:
    """A name for the scratch folder that no other machine has for one of its own, if they share an engine."""
    file = scratch / "home"
    with locked(scratch / "lock"):
        if not file.exists():
            file.write_text(uuid.uuid4().hex)
        return file.read_text()


def sweep(engine: Engine, scratch: Path) -> None:
    """Remove this folder's containers whose claim nobody holds."""
    for container in engine.containers(f"{HOME_LABEL}={_home(scratch)}"):
        if not _is_held(scratch / f"{Path(container.labels[CLAIM_LABEL]).name}.lock"):
            engine.remove(container.id)


def _is_held(claim: Path) -> bool:
    try:
        descriptor = os.open(claim, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def remove_claimed(engine: Engine, claim: Path) -> None:
    """Remove what was made under `claim` and lost from sight, when the engine went away and came back."""
    for container in engine.containers(f"{CLAIM_LABEL}={claim.name}"):
        engine.remove(container.id)
