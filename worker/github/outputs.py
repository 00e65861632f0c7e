"""What a step leaves for the steps after it and for people: outputs, the job's summary, a folder of files."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from core.errors import StoreError
from worker.handout import PATCH
from worker.result import Result

MOST_SUMMARY = 1 << 20
"""GitHub takes no longer summary of a step."""


def write_outputs(path: Path | None, values: Mapping[str, str]) -> None:
    """Set the step's outputs. The delimiter can't be guessed, so no value can end itself and set another output."""
    delimiter = f"perfsmith_{secrets.token_hex(16)}"
    lines = [f"{name}<<{delimiter}\n{value}\n{delimiter}\n" for name, value in values.items()]
    _append(path, "".join(lines))


def write_summary(path: Path | None, body: str) -> None:
    """Add to the job's summary."""
    _append(path, body.encode("utf-8", "replace")[:MOST_SUMMARY].decode("utf-8", "ignore") + "\n")


def _append(path: Path | None, text: str) -> None:
    """Nothing where there is no such file: then this is no step of a workflow."""
    if path is None:
        return
    try:
        with path.open("a", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
    except OSError as error:
        raise StoreError(f"{path} can't be written: {error.strerror}") from error


def values_of(result: Result | None, *, outcome: str, folder: Path, address: str) -> dict[str, str]:
    """The outputs of a step; what there is not is empty."""
    speedup = result.speedup if result else None
    return {
        "outcome": outcome,
        "run-id": result.run_id if result else "",
        "status": str(result.status) if result else "",
        "verdict": str(result.verdict or "") if result else "",
        "speedup": f"{speedup.estimate:.6g}" if speedup else "",
        "speedup-low": f"{speedup.low:.6g}" if speedup else "",
        "speedup-high": f"{speedup.high:.6g}" if speedup else "",
        "patch": str(folder / PATCH) if result and result.patch else "",
        "folder": str(folder),
        "proposal": address,
    }
