"""Runs inside the sandbox: one asv benchmark, without asv. `asv_benchmark.py NAME LOOPS`.

As in asv, `setup` runs once for each combination of parameters, or before each call where the benchmark sets `number = 1`.
"""

import importlib
import inspect
import itertools
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

import perfsmith_outcome

_BENCHMARK_DIR = re.compile(r'^\s*"benchmark_dir"\s*:\s*"([^"]+)"', re.MULTILINE)


class Benchmark:
    """A function or method and where its attributes (setup, params, number) are looked up."""

    def __init__(self, module: Any, path: list[str]) -> None:
        holder = getattr(module, path[0])
        owner = holder() if inspect.isclass(holder) else None
        self.function: Callable[..., Any] = getattr(owner, path[1]) if owner is not None else holder
        self.sources = [source for source in (self.function, owner, module) if source is not None]

    def all_of(self, name: str) -> list[Any]:
        """The attribute in every source that has it, the nearest first."""
        found = [getattr(source, name, None) for source in self.sources]
        return [value for value in found if value is not None]

    def first_of(self, name: str, default: Any) -> Any:
        """The attribute in the nearest source that has it."""
        return next(iter(self.all_of(name)), default)


def main() -> None:
    """Run all combinations and print a digest of the last result of each."""
    name, loops = sys.argv[1], int(sys.argv[2])
    outcome = perfsmith_outcome.enter_repository()
    module, path = _find(name)
    cache = _cache_of(Benchmark(module, path))
    combinations = list(_combinations(Benchmark(module, path).first_of("params", [])))
    ran = [_report(Benchmark(module, path), (*cache, *values), loops, outcome) for values in combinations]
    if not any(ran):
        sys.exit(f"{name} skips all of its {len(combinations)} combinations of parameters")


def _find(name: str) -> tuple[Any, list[str]]:
    """The module, and the names inside it: a function's, or a class's and a method's."""
    folder = _folder()
    sys.path.insert(0, str(folder.parent))
    *parts, last = name.split(".")
    in_module = folder.joinpath(*parts).with_suffix(".py").exists() or folder.joinpath(*parts).is_dir()
    inside = [last] if in_module else [parts.pop(), last]
    return importlib.import_module(".".join([folder.name, *parts])), inside


def _folder() -> Path:
    """The benchmarks folder: what asv.conf.json says, else `benchmarks`."""
    here = Path.cwd()
    for configuration in (here / "asv.conf.json", *sorted(here.glob("*/asv.conf.json"))):
        if configuration.is_file():
            match = _BENCHMARK_DIR.search(configuration.read_text(encoding="utf-8"))
            return (configuration.parent / (match[1] if match else "benchmarks")).resolve()
    return here / "benchmarks"


def _cache_of(benchmark: Benchmark) -> tuple[Any, ...]:
    """What setup_cache returns comes before the parameters."""
    setup_cache = benchmark.first_of("setup_cache", None)
    return () if setup_cache is None else (setup_cache(),)


def _combinations(params: Any) -> Iterator[tuple[Any, ...]]:
    axes = list(params)
    if axes and not isinstance(axes[0], list | tuple):
        axes = [axes]
    return itertools.product(*axes)


def _report(benchmark: Benchmark, arguments: tuple[Any, ...], loops: int, outcome: TextIO) -> bool:
    """Whether the combination ran: a NotImplementedError of its setup skips it."""
    try:
        _set_up(benchmark, arguments)
    except NotImplementedError:
        return False
    result = _run(benchmark, arguments, loops)
    for teardown in benchmark.all_of("teardown"):
        teardown(*arguments)
    print(perfsmith_outcome.digest(result), file=outcome, flush=True)
    return True


def _set_up(benchmark: Benchmark, arguments: tuple[Any, ...]) -> None:
    for setup in reversed(benchmark.all_of("setup")):
        setup(*arguments)


def _run(benchmark: Benchmark, arguments: tuple[Any, ...], loops: int) -> Any:
    set_up_again = benchmark.first_of("number", 0) == 1
    for _ in range(loops - 1):
        benchmark.function(*arguments)
        if set_up_again:
            _set_up(benchmark, arguments)
    return benchmark.function(*arguments)


main()
