"""Traces the allocations of this process with memray and reports what was alive when most memory was in use."""

import ast
import atexit
import os
from functools import cache
from pathlib import Path
from typing import Any

import perfsmith_report

with perfsmith_report.own_packages():
    import memray

_STACKS = 5000
_DEPTH = 200


def start() -> None:
    """Start now; report at exit."""
    recording = perfsmith_report.out() / f"memray.{os.getpid()}.bin"
    # It imports more when it is made.
    with perfsmith_report.own_packages():
        tracker = memray.Tracker(
            destination=memray.FileDestination(str(recording), overwrite=True, compress_on_exit=False),
            file_format=memray.FileFormat.AGGREGATED_ALLOCATIONS,
            trace_python_allocators=True,
        )
    atexit.register(_report, tracker, recording, os.getpid())
    tracker.__enter__()


def _report(tracker: "memray.Tracker", recording: Path, process: int) -> None:
    tracker.__exit__(None, None, None)
    if os.getpid() != process:
        return
    with memray.FileReader(str(recording)) as reader:
        records = list(reader.get_high_watermark_allocation_records(merge_threads=True))
    records.sort(key=lambda record: record.size, reverse=True)
    stacks = [
        {"frames": [_frame(*frame) for frame in reversed(record.stack_trace(_DEPTH))], "bytes": record.size}
        for record in records[:_STACKS]
    ]
    total = sum(record.size for record in records)
    perfsmith_report.keep_largest("memray.json", {"total": total, "stacks": stacks})


def _frame(function: str, path: str, line: int) -> dict[str, Any]:
    """Memray knows where in a function memory was taken; profiles tell where the function starts."""
    path = path if path.startswith("<") else str(Path.cwd() / path)
    around = [known for known in _functions_of(path) if known[0] <= line <= known[1]]
    if function.startswith("<"):
        inside = f"{max(around)[2]}.<locals>." if around and function != "<module>" else ""
        return {"path": path, "function": inside + function, "line": 1 if function == "<module>" else line}
    same = [known for known in around if known[2].rpartition(".")[2] == function]
    first, _, name = max(same, default=(line, line, function))
    return {"path": path, "function": name, "line": first}


@cache
def _functions_of(path: str) -> list[tuple[int, int, str]]:
    """First line, last line and qualified name of every function in a file; none when it can't be read."""
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, ValueError, SyntaxError, RecursionError):
        return []
    return _functions_in(tree, "")


def _functions_in(node: ast.AST, prefix: str) -> list[tuple[int, int, str]]:
    found = []
    for child in ast.iter_child_nodes(node):
        inside = prefix
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([child.lineno, *(decorator.lineno for decorator in child.decorator_list)])
            if not isinstance(child, ast.ClassDef):
                found.append((first, child.end_lineno or first, prefix + child.name))
            inside = f"{prefix}{child.name}." + ("" if isinstance(child, ast.ClassDef) else "<locals>.")
        found += _functions_in(child, inside)
    return found
