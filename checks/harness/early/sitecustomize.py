"""Runs inside the sandbox at the start of every Python process of the tests: loads our plugin where pytest will run.

At this moment the folder of the repository is not yet among those that Python imports from. A sitecustomize of the
environment itself still runs, before it.
"""

import importlib.util
import os
import sys
from importlib.machinery import PathFinder

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120  pathlib is slow to import
_RUNNERS = ("pytest", "py.test")


def _run_the_other() -> None:
    spec = PathFinder.find_spec(__name__, [entry for entry in sys.path if os.path.abspath(entry) != _HERE])  # noqa: PTH100
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules[__name__] = module
        spec.loader.exec_module(module)


def _load_plugin() -> None:
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != _HERE]  # noqa: PTH100
    named = any(os.path.basename(word) in _RUNNERS for word in sys.orig_argv)  # noqa: PTH119
    if named and os.environ.get("PERFSMITH_REPORT") and importlib.util.find_spec("pytest"):
        importlib.import_module("perfsmith_report")


_run_the_other()
_load_plugin()
