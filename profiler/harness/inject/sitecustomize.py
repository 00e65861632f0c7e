"""Runs inside the sandbox at the start of every Python process: starts the profiler that PERFSMITH_PROFILER names.

A sitecustomize of the environment itself still runs, before it.
"""

import importlib
import importlib.util
import os
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


def _start_profiler() -> None:
    profiler = importlib.import_module(os.environ["PERFSMITH_PROFILER"])
    importlib.import_module("perfsmith_report")
    sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != _HERE]
    profiler.start()


_run_the_other()
_start_profiler()
