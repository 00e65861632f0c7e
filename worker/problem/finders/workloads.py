"""Finds benchmarks that a repository already has. Files are parsed, never imported."""

import ast
import re
import shlex
import warnings
from collections.abc import Iterator
from pathlib import PurePosixPath

from core.problem import WorkloadKind
from worker.problem.finders.found import Found
from worker.problem.finders.names import is_about_tests, is_benchmark_script
from worker.problem.source_tree import SourceTree

Function = ast.FunctionDef | ast.AsyncFunctionDef

_ASV_FILE = "asv.conf.json"
_ASV_FOLDER = re.compile(r'^\s*"benchmark_dir"\s*:\s*"([^"]+)"', re.MULTILINE)
_PYPERF = re.compile(r"^\s*(import|from) pyperf\b", re.MULTILINE)


def find_workloads(tree: SourceTree) -> tuple[Found, ...]:
    """Every benchmark found, as a problem's configuration would name it; the most deliberate first."""
    scripts = tuple(_scripts(tree))
    deliberate = [found for found in scripts if "workload" in found.text]
    others = [found for found in scripts if found not in deliberate]
    return (*deliberate, *_pytest_benchmarks(tree), *_asv_benchmarks(tree), *_pyperf_scripts(tree), *others)


def _scripts(tree: SourceTree) -> Iterator[Found]:
    for path in tree.python_files:
        package = f"{PurePosixPath(path).parent}/__init__.py" in tree.files
        if is_benchmark_script(path) and not package and not is_about_tests(path) and not _is_pyperf(tree, path):
            yield Found(text=f"python {shlex.quote(path)}", why=f"{path} is named like a benchmark")


def _is_pyperf(tree: SourceTree, path: str) -> bool:
    text = tree.text(path)
    return "Runner(" in text and _PYPERF.search(text) is not None


def _pyperf_scripts(tree: SourceTree) -> Iterator[Found]:
    for path in tree.python_files:
        if _is_pyperf(tree, path):
            yield Found(text=f"{WorkloadKind.PYPERF}:{shlex.quote(path)}", why=f"{path} uses pyperf's Runner")


def _pytest_benchmarks(tree: SourceTree) -> Iterator[Found]:
    for path in tree.python_files:
        name = PurePosixPath(path).name
        if not name.startswith(("test_", "bench")) and not name.endswith("_test.py"):
            continue
        for qualified, function in _functions(tree, path, word="benchmark"):
            if function.name.startswith("test") and "benchmark" in _arguments(function):
                node = shlex.quote("::".join((path, *qualified)))
                yield Found(text=f"{WorkloadKind.PYTEST_BENCHMARK}:{node}", why=f"{path} uses the benchmark fixture")


def asv_folder(tree: SourceTree) -> str:
    """The folder of asv's benchmarks; empty when asv is not configured."""
    if _ASV_FILE not in tree.files:
        return ""
    stated = _ASV_FOLDER.search(tree.text(_ASV_FILE))
    return stated[1].removeprefix("./").strip("/") if stated else "benchmarks"


def _asv_benchmarks(tree: SourceTree) -> Iterator[Found]:
    folder = asv_folder(tree)
    for path in tree.below(folder) if folder else ():
        if not path.endswith(".py"):
            continue
        module = path.removeprefix(f"{folder}/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for qualified, function in _functions(tree, path, word="time_"):
            if function.name.startswith("time_"):
                benchmark = ".".join((module, *qualified))
                yield Found(text=f"{WorkloadKind.ASV}:{benchmark}", why=f"{path} holds an asv benchmark")


def _functions(tree: SourceTree, path: str, *, word: str) -> Iterator[tuple[tuple[str, ...], Function]]:
    """The functions of a file and of its top-level classes with their names; none when it can't be parsed."""
    text = tree.text(path)
    module = _parsed(text) if word in text else None
    for node in module.body if module else ():
        if isinstance(node, Function):
            yield (node.name,), node
        elif isinstance(node, ast.ClassDef):
            yield from (((node.name, item.name), item) for item in node.body if isinstance(item, Function))


def _parsed(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        # A stranger's file may hold an invalid escape, which is nobody's business here.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _arguments(function: Function) -> set[str]:
    return {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
