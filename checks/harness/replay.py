"""Runs inside the sandbox: replays recorded calls on the code that is here. `replay.py OUTCOMES`; the steps come on stdin.

What was expected is not here. A line of JSON about each step goes to the file OUTCOMES as soon as the step has ended.
"""

from __future__ import annotations

import contextlib
import dis
import gc
import hashlib
import inspect
import json
import os
import signal
import sys
import tempfile
import time
import types
from collections import deque
from itertools import islice
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
sys.path[0] = str(_HERE)
sys.path.insert(1, str(_HERE / "inject"))
from perfsmith_digests import MOST_ITEMS, Digests  # noqa: E402 - their folder had to be found first
from perfsmith_restoring import Restoring  # noqa: E402 - as above
from perfsmith_trees import text_of  # noqa: E402 - as above

_CALL = "def call(function, args, kwargs):\n    return function(*args, **kwargs)"
_RECURSION = 20_000
MOST_NODES = 300_000
"""What is beyond so many parts of a value is not looked at."""
_CONTAINERS = frozenset({list, dict, set, bytearray, deque})
"""Whoever holds on to one of these sees what its owner does with it later."""


class TooSlow(BaseException):
    """The time of a step is up."""


class Replaying:
    """Runs steps one after the other."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.root = str(Path.cwd())
        self.seconds = request["seconds"]
        self.restoring = Restoring(self.root)
        self.digests = Digests(runs_code=True, most_nodes=MOST_NODES, most_depth=2000, ignored=request["ignored"])
        self.out = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self.late = False
        os.dup2(self.out.fileno(), 1)
        signal.signal(signal.SIGALRM, self._too_slow)

    def outcome(self, number: int, step: dict[str, Any]) -> Any:
        """What the step did, as plain data."""
        self.digests.begin()
        printed = self.out.seek(0, os.SEEK_END)
        started = time.perf_counter()
        try:
            # What is imported for it has its time, like what is imported by anybody else.
            args, kwargs = self.restoring.arguments(step)
            function = self.restoring.function(step)
        except Exception as error:  # noqa: BLE001 - by whatever code the values bring
            seen = {"ends": "skipped", "text": f"{type(error).__name__}: {error}"[:300]}
        else:
            seen = self._timed(number, step, function, args, kwargs)
        spent = time.perf_counter() - started
        return {**seen, "step": number, "printed": self._printed(printed), "seconds": spent}

    def _timed(
        self, number: int, step: dict[str, Any], function: Any, args: Any, kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        self.late = False
        try:
            signal.setitimer(signal.ITIMER_REAL, self.seconds, 0.2)
            try:
                seen = self._run(number, step, function, args, kwargs)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except TooSlow:
            return {"ends": "too slow"}
        return {"ends": "too slow"} if self.late else seen

    def only(self, steps: Any, *, calls: bool) -> Any:
        """Run all steps without looking at what they do; how many came to an end."""
        ended = 0
        for number, step in enumerate(steps):
            with contextlib.suppress(Exception):
                args, kwargs = self.restoring.arguments(step)
                if calls:
                    result = _finished(_caller(step)(self.restoring.function(step), args, kwargs))
                    if hasattr(type(result), "__next__"):
                        deque(islice(result, MOST_ITEMS), maxlen=0)
                    self.restoring.objects[number] = result
                ended += 1
        return ended

    def _too_slow(self, _signal: Any, _frame: Any) -> None:
        self.late = True
        raise TooSlow

    def _run(
        self, number: int, step: dict[str, Any], function: Any, args: Any, kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        for label, each in self.restoring.objects.items():
            self.digests.earlier.setdefault(id(each), f"made.{label}")
        before = self._before((*args, *kwargs.values())) if step.get("twice") else None
        holders = _holders((*args, *kwargs.values()))
        try:
            result = _finished(_caller(step)(function, args, kwargs))
        except TooSlow:
            raise
        except BaseException as error:  # noqa: BLE001 - also SystemExit: it is what the function does
            seen = self._raised(error)
        else:
            kept = _kept((*args, *kwargs.values()), holders)
            seen = {"ends": "returns", "value": self._digest(result), "text": text_of(result), "kept": kept}
            if step["do"] == "new" or _is_of_repository(type(result), self.root):
                self.restoring.objects[number] = result
        self.digests.remember(number)
        arguments = [self._digest(each) for each in (*args, *kwargs.values())]
        if before is not None and seen["ends"] == "returns" and before == self._before((*args, *kwargs.values())):
            seen["again"] = self._again(step, function, args, kwargs)
        return {**seen, "arguments": arguments}

    def _before(self, values: Any) -> Any:
        """Digests of the arguments by themselves."""
        fresh = Digests(runs_code=False, most_nodes=MOST_NODES, most_depth=2000, ignored=self.digests.ignored)
        try:
            return [fresh.of(value) for value in values]
        except Exception:  # noqa: BLE001 - as above
            return None

    def _again(self, step: dict[str, Any], function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """The digest of what a second call does, which also says what its result shares with the first one's."""
        try:
            return self._digest(_finished(_caller(step)(function, args, kwargs)))
        except TooSlow:
            raise
        except BaseException as error:  # noqa: BLE001 - as above
            return type(error).__qualname__

    def _raised(self, error: Any) -> Any:
        kind = type(error)
        return {
            "ends": "raises",
            "exception": f"{kind.__module__}.{kind.__qualname__}",
            "explicit": self._is_explicit(error.__traceback__),
            "value": self._digest(error),
            "text": text_of(error),
        }

    def _is_explicit(self, traceback: Any) -> bool:
        """Whether a `raise` or `assert` of the repository's Python code raised it, and not an operation that failed."""
        while traceback is not None and traceback.tb_next is not None:
            traceback = traceback.tb_next
        if traceback is None:
            return False
        code = traceback.tb_frame.f_code
        inside = os.path.realpath(code.co_filename).startswith(self.root + os.sep)
        return inside and dis.opname[code.co_code[traceback.tb_lasti]] == "RAISE_VARARGS"

    def _digest(self, value: Any) -> Any:
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(max(before, _RECURSION))
        try:
            return self.digests.of(value)
        except Exception as error:  # noqa: BLE001 - of a strange object; it is as strange on both sides
            return f"no digest: {type(error).__qualname__}"
        finally:
            sys.setrecursionlimit(before)

    def _printed(self, start: Any) -> Any:
        """The digest of what the step wrote to standard output."""
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        hashed, place = hashlib.sha256(), start
        while part := os.pread(self.out.fileno(), 1 << 20, place):
            hashed.update(part)
            place += len(part)
        return hashed.hexdigest() if place > start else ""


def _holders(values: Any) -> list[int]:
    """How many hold on to each of the values that are containers."""
    count = getattr(sys, "getrefcount", lambda _: 0)
    return [count(value) if type(value) in _CONTAINERS else 0 for value in values]


def _kept(values: Any, before: list[int]) -> list[int]:
    """The places of the containers that more hold on to than before; the result is one who may."""
    after = _holders(values)
    if after != before:
        # A function that calls itself by a name of its frame is gone with the next collection only.
        gc.collect()
        after = _holders(values)
    return [place for place, (old, new) in enumerate(zip(before, after, strict=True)) if new > old]


def main() -> None:
    """Read the steps, run them, and tell."""
    request = json.load(sys.stdin)
    report = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    steps = request["steps"]
    _enter_repository(request)
    replaying = Replaying(request)
    if request["loops"]:
        ended = sum(replaying.only(steps, calls=request["calls"]) for _ in range(request["loops"]))
        os.write(report, json.dumps({"ended": ended}).encode())
        return
    for number, step in enumerate(steps):
        os.write(report, json.dumps(replaying.outcome(number, step)).encode() + b"\n")


def _enter_repository(request: dict[str, Any]) -> None:
    """From here on the process looks like one that the program itself might run in."""
    sys.stdin.close()
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - lives as long as the process
    root = str(Path.cwd())
    ours = {str(_HERE), str(_HERE / "inject")}
    paths = [os.path.normpath(Path(root, path)) for path in request["paths"]]
    others = [entry for entry in sys.path if entry not in ours]
    sys.path[:] = [*dict.fromkeys([root, *paths]), *(entry for entry in others if entry not in {root, *paths})]
    sys.argv[:] = request["argv"] or ["-c"]
    sys.orig_argv = [sys.executable, *sys.argv]
    sys.modules["__main__"].__file__ = sys.argv[0]
    for name in [name for name in sys.modules if name.startswith("perfsmith_")]:
        del sys.modules[name]


def _caller(step: dict[str, Any]) -> Any:
    """A function that calls another one, and looks in the stack like the one that did so when the call was recorded."""
    file, name = step["caller"]
    outer = compile(_CALL, file, "exec")
    code = next(each for each in outer.co_consts if isinstance(each, types.CodeType))
    changes = {"co_qualname": name} if hasattr(code, "co_qualname") else {}
    scope = {"__name__": "__main__", "__file__": file, "__builtins__": __builtins__}
    return types.FunctionType(code.replace(co_name=name, **changes), scope, name)


def _finished(result: Any) -> Any:
    """The result of a coroutine, and the items of an asynchronous generator."""
    if not (inspect.iscoroutine(result) or inspect.isasyncgen(result)):
        return result
    import asyncio  # noqa: PLC0415 - slow to import, and seldom needed

    if inspect.iscoroutine(result):
        return asyncio.run(_awaited(result))
    return iter(asyncio.run(_collected(result)))


async def _awaited(result: Any) -> Any:
    return await result


async def _collected(items: Any) -> Any:
    found = []
    async for item in items:
        found.append(item)
        if len(found) >= MOST_ITEMS:
            break
    return found


def _is_of_repository(kind: type, root: str) -> bool:
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return bool(file) and os.path.realpath(file).startswith(root + os.sep)


if __name__ == "__main__":
    main()
