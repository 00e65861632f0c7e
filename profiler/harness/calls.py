"""Runs inside the sandbox: calls one function of the repository. `calls.py module:function LOOPS`."""

import functools
import importlib
import inspect
import sys
from collections.abc import Callable

import perfsmith_outcome


def main() -> None:
    """Call the function and print the digest of its last result."""
    target, loops = sys.argv[1], int(sys.argv[2])
    outcome = perfsmith_outcome.enter_repository()
    sys.argv[:] = [target]
    function = _find(target)
    for _ in range(loops - 1):
        function()
    print(perfsmith_outcome.digest(function()), file=outcome, flush=True)


def _find(target: str) -> Callable[[], object]:
    module, _, attribute = target.partition(":")
    function: Callable[[], object] = functools.reduce(getattr, attribute.split("."), importlib.import_module(module))
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        sys.exit(f"{target} does nothing when it is only called; name a function that runs it to its end")
    return function


main()
