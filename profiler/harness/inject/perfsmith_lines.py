"""Times the lines of chosen functions with line_profiler. PERFSMITH_LINES holds them: [[path, qualified name], ...].

They are found when their module has been imported, so that functions of the script itself are not covered.
"""

import atexit
import functools
import inspect
import json
import os
import time
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import perfsmith_report

with perfsmith_report.own_packages():
    from line_profiler import LineProfiler


def start() -> None:
    """Start now; report at exit."""
    profiler = LineProfiler()
    wanted = [(os.path.realpath(path), name) for path, name in json.loads(os.environ["PERFSMITH_LINES"])]
    _watch_imports(profiler, wanted)
    atexit.register(_report, profiler, os.getpid(), time.perf_counter())
    profiler.enable_by_count()


def _watch_imports(profiler: Any, wanted: list[tuple[str, str]]) -> None:
    plain = SourceFileLoader.exec_module

    @functools.wraps(plain)
    def exec_module(self: SourceFileLoader, module: ModuleType) -> None:
        plain(self, module)
        path = os.path.realpath(self.path)
        for name in (name for where, name in wanted if where == path):
            function = _function(module, name)
            if function is not None:
                profiler.add_function(function)

    SourceFileLoader.exec_module = exec_module  # type: ignore[method-assign]


def _function(module: ModuleType, name: str) -> FunctionType | None:
    found: Any = module
    for part in name.split("."):
        found = inspect.getattr_static(found, part, None)
    found = getattr(found, "__func__", None) or getattr(found, "fget", None) or found
    found = inspect.unwrap(found) if callable(found) else found
    return found if isinstance(found, FunctionType) else None


def _report(profiler: Any, process: int, started: float) -> None:
    profiler.disable_by_count()
    if os.getpid() != process:
        return
    stats = profiler.get_stats()
    lines = [
        {"path": str(Path.cwd() / path), "line": line, "hits": hits, "seconds": spent * stats.unit}
        for (path, _, _), timings in stats.timings.items()
        for line, hits, spent in timings
    ]
    total = time.perf_counter() - started if lines else 0.0
    perfsmith_report.keep_largest("lines.json", {"total": total, "lines": lines})
