"""Loads what runs inside the sandbox, by path, as the sandbox does."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import checks

FOLDER = Path(checks.__path__[0]) / "harness"


def load(name: str) -> Any:
    """The harness module `name`, apart from the modules of this process."""
    (file,) = FOLDER.rglob(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = set(sys.modules)
    sys.modules[name] = module
    sys.path.insert(0, str(file.parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(file.parent))
        for loaded in {each for each in sys.modules if each.startswith("perfsmith_")} - before:
            del sys.modules[loaded]
    return module
