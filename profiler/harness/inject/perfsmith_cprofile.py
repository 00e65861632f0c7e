"""Profiles the main thread of this process with cProfile, from its first line until after its last exit handler.

A process that ends without exit handlers (os._exit, a signal, a child made by fork) leaves no report.
"""

import atexit
import cProfile
import os
from pathlib import Path
from types import CodeType
from typing import Any

import perfsmith_report

_FUNCTIONS = 1000
_CALLERS = 5


def start() -> None:
    """Start now; report at exit."""
    profiler = cProfile.Profile()
    atexit.register(_report, profiler, os.getpid(), Path.cwd())
    profiler.enable()


def _report(profiler: cProfile.Profile, process: int, folder: Path) -> None:
    profiler.disable()
    if os.getpid() != process:
        return
    entries = profiler.getstats()
    callers = _callers_of(entries, folder)
    entries.sort(key=lambda entry: entry.inlinetime, reverse=True)
    functions = [
        {
            **_name_of(entry.code, folder),
            "calls": entry.callcount,
            "own": entry.inlinetime,
            "all": entry.totaltime,
            "callers": callers.get(entry.code, []),
        }
        for entry in entries[:_FUNCTIONS]
    ]
    total = sum(entry.inlinetime for entry in entries)
    perfsmith_report.keep_largest("cprofile.json", {"total": total, "functions": functions})


def _callers_of(entries: list[Any], folder: Path) -> dict["CodeType | str", list[dict[str, Any]]]:
    """Who calls a function most, by the time spent for them."""
    calls: dict[CodeType | str, list[tuple[float, CodeType | str]]] = {}
    for entry in entries:
        for callee in entry.calls or ():
            calls.setdefault(callee.code, []).append((callee.totaltime, entry.code))
    for found in calls.values():
        found.sort(key=lambda call: call[0], reverse=True)
    return {callee: [_name_of(code, folder) for _, code in found[:_CALLERS]] for callee, found in calls.items()}


def _name_of(code: "CodeType | str", folder: Path) -> dict[str, Any]:
    if isinstance(code, str):
        return {"path": "<built-in>", "function": code, "line": 1}
    path = code.co_filename
    if not path.startswith("<"):
        path = str(folder / path)
    return {"path": path, "function": code.co_qualname, "line": code.co_firstlineno}
