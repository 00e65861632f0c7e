"""Records the outermost calls of chosen functions of the repository in this process: arguments at entry, of results a digest.

PERFSMITH_RECORD holds what to record (see checks/calls/recording.py). Each process adds a line to calls.jsonl at its exit;
one that ends without exit handlers, and a child made by fork, adds none.
"""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import sys
import threading
import time
import types
import weakref
from pathlib import Path
from typing import Any

import perfsmith_trees
from perfsmith_counting import MOST_COUNTED, Counting
from perfsmith_reading import Reading
from perfsmith_trampolines import Trampolines, double_recursion

MOST_STEPS = 2000
MOST_MADE = 500
"""So many objects of each class are recorded as they are made, in case a later call gets one of them."""
LARGEST_CALL = 4 << 20
LARGEST_IN_ALL = 24 << 20
LARGEST_FILE = 48 << 20
DEEPEST_STACK = 2000
REPORT = "calls.jsonl"


class Recorder:
    """What happens at entry and exit of hooked functions."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.root = settings["root"]
        self.started = time.perf_counter()
        self.overhead = 0.0
        self.on = True
        self.size = 0
        edited = {*settings["modules"], *(name.partition(":")[0] for name in settings["functions"])}
        self.reading = Reading(os.path.realpath(Path(self.root, path)) for path in edited)
        self.steps = []
        self.objects = {}
        self.kinds = {}
        self.lock = threading.RLock()
        self.counting = Counting(ignored=settings["ignored"])
        self.trees = perfsmith_trees.Trees(
            root=self.root,
            made=self.made,
            classes=settings["classes"],
            attributes=settings["attributes"],
            largest=LARGEST_CALL,
        )
        hooks = self.enter, self.leave, self.fail
        self.trampolines = Trampolines(self.root, settings["functions"], settings["modules"], hooks)
        self.hidden = self.trampolines.codes | {
            id(hook.__code__) for hook in (Recorder.enter, Recorder.leave, Recorder.fail)
        }

    def start(self) -> None:
        """Hook the functions, and report at exit."""
        os.register_at_fork(after_in_child=self.stop)
        self.reading.start()
        double_recursion()
        atexit.register(self.report, os.getpid())
        self.trampolines.codes = self.hidden
        self.trampolines.install()

    def stop(self) -> None:
        """Record nothing more."""
        self.on = False

    def enter(self, key: str, args: Any, kwargs: dict[str, Any]) -> Any:
        """Take note of a call; None when it is not an outermost one."""
        if not self.on:
            return None
        known = self.counting.functions.get(key)
        if known is not None and known.counted >= MOST_COUNTED:
            return None
        comes_from = self._comes_from(sys._getframe(2))  # noqa: SLF001 - the only way to the caller
        if comes_from == "hooked":
            self.counting.function(key).inner = True
            return None
        before = time.perf_counter()
        function, digested = self.counting.called(key, args, kwargs, counts=comes_from == "outside")
        step, owner = self._recorded(key, function, args, kwargs, sys._getframe(1))  # noqa: SLF001 - as above
        after = time.perf_counter()
        self.overhead += after - before
        return function, step, owner, after, digested

    def leave(self, call: Any, result: Any) -> None:
        """The call came back with `result`."""
        function, step, owner, started, digested = call
        now = time.perf_counter()
        function.seconds += now - started
        if step is not None:
            self._remember(owner if owner is not None else result, step)
        self._ended(function, digested, result)
        self.overhead += time.perf_counter() - now

    def fail(self, call: Any) -> None:
        """The call raised."""
        function, _, _, started, digested = call
        function.seconds += time.perf_counter() - started
        self._ended(function, digested, "raised")

    def _ended(self, function: Any, digested: Any, result: Any) -> None:
        # A child made by fork may have been left with a lock that nobody there can give back.
        if digested is not None and self.on:
            self.counting.ended(function, digested, result)

    def made(self, value: Any) -> Any:
        """The number of the step that made this very object, if it is known."""
        known = self.objects.get(id(value))
        if known is None or known[0]() is not value:
            return None
        known[1]["needed"] = True
        return known[1]["number"]

    def _comes_from(self, frame: types.FrameType) -> Any:
        """Whether a call comes, over whatever ways, out of a function that is hooked too, or out of the recorder."""
        found = "outside"
        for _ in range(DEEPEST_STACK):
            if frame is None:
                return found
            code = id(frame.f_code)
            if code in self.hidden:
                return "hooked"
            if code in self.trampolines.bodies:
                found = "changed module"
            frame = frame.f_back
        return found

    def _recorded(self, key: str, function: Any, args: Any, kwargs: dict[str, Any], frame: types.FrameType) -> Any:
        """The step of this call and the object that it makes, each None where there is none."""
        # Methods of the arguments run meanwhile, and one may wait for a thread that waits here.
        if self.settings["mode"] != "record" or not self.lock.acquire(timeout=1):
            return None, None
        try:
            return self._taken(key, function, args, kwargs, frame)
        except perfsmith_trees.UnrecordableError as error:
            function.leave_out(str(error))
        except RecursionError:
            function.leave_out("too deep")
        except Exception as error:  # noqa: BLE001 - whatever these methods raise, the program must not see it
            function.leave_out(f"{type(error).__name__} while its arguments were looked at")
        finally:
            self.lock.release()
        return None, None

    def _taken(self, key: str, function: Any, args: Any, kwargs: dict[str, Any], frame: types.FrameType) -> Any:
        makes = self._makes(key, args)
        wanted = function.wants()
        spare = makes and not wanted and function.tried < MOST_MADE
        if not (wanted or spare):
            return None, None
        function.tried += 1
        if len(self.steps) >= MOST_STEPS or self.size >= LARGEST_IN_ALL:
            raise perfsmith_trees.UnrecordableError("too many")
        owner, args = (args[0], args[1:]) if makes else (None, args)
        positional, named = self.trees.of_call(args, kwargs, frame.f_globals)
        text = json.dumps([positional, named])
        known = hash(text)
        if not makes and not function.is_new(known):
            return None, None
        function.recorded += not spare
        self.size += len(text)
        step = {
            "number": len(self.steps),
            "needed": not spare,
            "do": "new" if makes else "call",
            "function": key,
            "module": self._module(frame),
            "args": positional,
            "kwargs": named,
            "caller": self._caller(frame.f_back),
        }
        self.steps.append(step)
        return step, owner

    def _makes(self, key: str, args: Any) -> Any:
        """Whether this is the call of a constructor by the making of an object of just that class."""
        return (
            key.endswith(".__init__")
            and bool(args)
            and self._name(type(args[0])) == key[: -len(".__init__")]
            and self.made(args[0]) is None
        )

    def _module(self, frame: types.FrameType) -> Any:
        name = frame.f_globals.get("__name__", "")
        return perfsmith_trees.script(self.root) if name == "__main__" else name

    def _caller(self, frame: types.FrameType) -> Any:
        return [frame.f_code.co_filename, frame.f_code.co_name] if frame is not None else ["<string>", "<module>"]

    def _name(self, kind: type) -> Any:
        if kind not in self.kinds:
            self.kinds[kind] = perfsmith_trees.name_of(kind, self.root)
        return self.kinds[kind]

    def _remember(self, made: Any, step: dict[str, Any]) -> None:
        """Know an object of the repository again as long as it lives; where it can't be watched it has to live on."""
        key, path = id(made), self._name(type(made))
        if not path or path.startswith(".."):
            return
        try:
            self.objects[key] = (weakref.ref(made, lambda _: self.objects.pop(key, None)), step)
        except TypeError:
            self.objects[key] = (lambda: made, step)

    def report(self, process: int) -> None:
        """Add this process to the report."""
        if os.getpid() != process:
            return
        self.on = False
        with (Path(self.settings["out"]) / REPORT).open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            line = self._line(self._kept())
            if os.fstat(file.fileno()).st_size + len(line) > LARGEST_FILE:
                line = self._line([])
            file.write(line)

    def _kept(self) -> Any:
        kept = [step for step in self.steps if step["needed"]]
        numbers = {step["number"]: number for number, step in enumerate(kept)}
        return [
            {name: _renumbered(step[name], numbers) for name in step if name not in {"number", "needed"}}
            for step in kept
        ]

    def _line(self, steps: Any) -> Any:
        seconds = time.perf_counter() - self.started - self.overhead
        functions = {
            key: {
                "calls": each.counted,
                "digest": f"{each.digest:016x}",
                "results": f"{each.results:016x}",
                "inner": each.inner,
                "tried": each.tried,
                "seconds": each.seconds,
                "left_out": each.left_out,
            }
            for key, each in self.counting.functions.items()
        }
        paths = [os.path.relpath(entry, self.root) for entry in sys.path if entry.startswith(os.sep)]
        facts = {
            "seconds": seconds,
            "paths": [path for path in paths if not path.startswith("..")],
            "argv": sys.argv,
            "functions": functions,
            "reads": self.reading.seen,
            "steps": steps,
        }
        return json.dumps(facts).encode() + b"\n"


def _renumbered(tree: Any, numbers: Any) -> Any:
    """`tree` with the steps that it names under their final numbers."""
    if isinstance(tree, list):
        return [_renumbered(each, numbers) for each in tree]
    if isinstance(tree, dict):
        if isinstance(tree.get("step"), int):
            return {"step": numbers[tree["step"]]}
        return {name: _renumbered(each, numbers) for name, each in tree.items()}
    return tree


def start() -> None:
    """Start now; report at exit."""
    Recorder(json.loads(os.environ["PERFSMITH_RECORD"])).start()
