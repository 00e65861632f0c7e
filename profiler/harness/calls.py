"""Runs inside the sandbox: calls one function of the repository. `calls.py module:function LOOPS together|apart`."""

import atexit
import functools
import importlib
import inspect
import os
import random
import sys
import threading
from collections.abc import Callable
from typing import NoReturn, TextIO

import perfsmith_outcome


def main() -> None:
    """Call the function and print the digest of its last result; apart, of each, and none finds another's memory."""
    target, loops, way = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    outcome = perfsmith_outcome.enter_repository()
    sys.argv[:] = [target]
    function = _find(target)
    if way == "apart":
        for _ in range(loops):
            _call_in_a_fork(function, outcome)
        return
    for _ in range(loops - 1):
        function()
    print(perfsmith_outcome.digest(function()), file=outcome, flush=True)


def _find(target: str) -> Callable[[], object]:
    name, _, attribute = target.partition(":")
    module = importlib.import_module(name)
    try:
        function: Callable[[], object] = functools.reduce(getattr, attribute.split("."), module)  # type: ignore[arg-type]
    except AttributeError as error:
        sys.exit(f"{target} is not there: {error}")
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        sys.exit(f"{target} does nothing when it is only called; name a function that runs it to its end")
    return function


def _call_in_a_fork(function: Callable[[], object], outcome: TextIO) -> None:
    # Code that ends its process early can't know with which status it should have ended.
    done = random.SystemRandom().randrange(2, 256)
    _flush()
    child = os.fork()
    if not child:
        print(perfsmith_outcome.digest(function()), file=outcome, flush=True)
        _end(done)
    if os.waitpid(child, 0)[1] != done << 8:
        sys.exit("a call did not come to its end")


def _end(status: int) -> NoReturn:
    """End this process as an interpreter does, which waits for its threads and pools, but with that status."""
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - nothing public does it
    atexit._run_exitfuncs()  # noqa: SLF001
    _flush()
    os._exit(status)


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()


main()
