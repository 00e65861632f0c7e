"""The folders of ours that a sandbox may read: harnesses, the profilers' packages and programs."""

import importlib.util
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path


def tools() -> Mapping[str, Path]:
    """Host folders by the name under which sandboxes see them. Nothing in them is secret."""
    found = {
        "profiler": _beside("profiler") / "harness",
        "plugins": _beside("checks") / "harness",
        "site": _beside("line_profiler").parent,
    }
    py_spy = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or shutil.which("py-spy")
    return {**found, "bin": Path(py_spy).parent} if py_spy else found


def _beside(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"perfsmith is not installed completely: it lacks {package}")
    return Path(spec.origin).parent
