"""Runs inside the sandbox at the start of every Python process of a command: starts the recorder of calls.

A sitecustomize of the environment itself still runs, before it.
"""

import importlib
import importlib.util
import sys
from importlib.machinery import PathFinder
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def _run_the_other() -> None:
    spec = PathFinder.find_spec(__name__, [entry for entry in sys.path if Path(entry).resolve() != _HERE])
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules[__name__] = module
        spec.loader.exec_module(module)


def _start_recorder() -> None:
    recorder = importlib.import_module("perfsmith_recorder")
    sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != _HERE]
    recorder.start()


_run_the_other()
_start_recorder()
