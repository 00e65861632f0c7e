"""Runs inside the sandbox: replays many short lists of calls, each in a process of its own that begins afresh.

`replay_worlds.py OUTCOMES`; the lists come on stdin. Each is run in a fork of a process that has the modules loaded and
nothing called, so that no list sees what another one left in a cache, and none waits for the interpreter.
"""

import contextlib
import json
import os
import random
import resource
import signal
import sys
import time
from collections import deque
from itertools import islice
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parent)
import replay  # noqa: E402 - its folder had to be found first

# ruff: noqa: SLF001 - the two scripts are one program with two doors

_GRACE_SECONDS = 1.0
"""Beyond the time of its steps: code that does not come back to the interpreter can't be interrupted, only killed."""
_PAUSE_SECONDS = 0.0005
Step = dict[str, Any]
Arguments = tuple[list[Any], dict[str, Any]]
Made = tuple[int, Step, Any, Any]
"""The place of a step, the step with its function and its arguments; None for arguments that hold objects of other steps and have to wait."""


class Again(replay.Restoring):
    """Gives a step the containers of an earlier one, changed in place to what the step's own would be."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.given: list[Arguments] = []

    def arguments(self, step: Step) -> Arguments:
        """As recorded, or in the containers that the step `again` got, as far as they are of the same type."""
        args, kwargs = super().arguments(step)
        if "again" in step:
            old, _ = self.given[step["again"]]
            args = [_changed(*pair) for pair in zip(old, args, strict=False)] + args[len(old) :]
        self.given.append((args, kwargs))
        return args, kwargs


def _changed(old: Any, new: Any) -> Any:
    if type(old) is not type(new):
        return new
    if isinstance(old, (list, bytearray)):
        old[:] = new
    elif isinstance(old, (dict, set)):
        old.clear()
        old.update(new)
    else:
        return new
    return old


class Worlds:
    """Runs the lists of a request."""

    def __init__(self, request: dict[str, Any], report: int) -> None:
        self.request, self.report = request, report
        self.replaying = replay.Replaying(request)

    def load(self) -> None:
        """Import what the steps need, so that no fork has to."""
        seen = set()
        for steps in self.request["worlds"]:
            for step in steps:
                key = (step["module"], step["function"])
                if key not in seen:
                    seen.add(key)
                    with contextlib.suppress(BaseException):
                        self.replaying.restoring.function(step)
                    with contextlib.suppress(BaseException):
                        self.replaying.restoring.arguments(step)

    def tell(self) -> None:
        """A line about each step of each list, one about how the list ended, and one about where the report ends."""
        ends = time.monotonic() + self.request["total"]
        for number, steps in enumerate(self.request["worlds"]):
            if time.monotonic() > ends:
                self._write({"out_of_time_at": number})
                return
            child = os.fork()
            if not child:
                self._tell_one(number, steps)
            killed = not _ended(child, self.request["seconds"] * len(steps) + _GRACE_SECONDS)
            self._write({"world": number, "killed": killed})
        self._write({"done": True})

    def _tell_one(self, number: int, steps: list[Step]) -> None:
        """Ends the process."""
        with contextlib.suppress(BaseException):
            _limit_memory(self.request["megabytes"] << 20)
            sys.setrecursionlimit(int(sys.getrecursionlimit() * self.request["depth_factor"]))
            self.replaying.restoring = Again(self.replaying.root)
            for place, step in enumerate(steps):
                self._write({**self.replaying.outcome(place, step), "world": number})
        os._exit(0)

    def repeat(self, loops: int) -> int:
        """Run each list `loops` times and look at nothing; how many steps came to an end."""
        ended = 0
        for number, steps in enumerate(self.request["worlds"]):
            started = time.perf_counter()
            self.replaying.restoring = replay.Restoring(self.replaying.root)
            made = [self._made(place, step) for _ in range(self.request["copies"]) for place, step in enumerate(steps)]
            spent = time.perf_counter() - started
            for _ in range(loops):
                ended += self._apart(number, made, spent) if self.request["forks"] else self._run(number, made, spent)
        return ended

    def _made(self, place: int, step: Step) -> Made:
        restoring = self.replaying.restoring
        try:
            function, caller = restoring.function(step), replay._caller(step)
        except Exception:  # noqa: BLE001 - by whatever code is there
            return place, step, None, None
        try:
            return place, step, (function, caller), restoring.arguments(step)
        except Exception:  # noqa: BLE001 - by whatever code the values bring
            return place, step, (function, caller), None

    def _apart(self, number: int, made: list[Made], spent: float) -> int:
        # Code that ends its process early can't know with which status it should have ended.
        done = random.SystemRandom().randrange(1, 256)
        child = os.fork()
        if not child:
            status = 0
            with contextlib.suppress(BaseException):
                status = done if self._run(number, made, spent) == len(made) else 0
            os._exit(status)
        return len(made) if os.waitpid(child, 0)[1] == done << 8 else 0

    def _run(self, number: int, made: list[Made], spent: float) -> int:
        """Make the calls of one list; how many there were."""
        started = time.perf_counter()
        calls = [self._call(*one) for one in made]
        if self.request["reports"]:
            line = {"world": number, "seconds": [seconds for seconds, _ in calls], "ends": [end for _, end in calls]}
            self._write({**line, "making": spent, "running": time.perf_counter() - started})
        return len(calls)

    def _call(self, place: int, step: Step, found: Any, arguments: Any) -> tuple[float, str]:
        """How long one call took and how it ended."""
        restoring = self.replaying.restoring
        try:
            (function, caller), (args, kwargs) = found, arguments or restoring.arguments(step)
        except Exception:  # noqa: BLE001 - by whatever code the values bring
            return 0.0, "skipped"
        started = time.perf_counter()
        try:
            result = replay._finished(caller(function, args, kwargs))
            if hasattr(type(result), "__next__"):
                deque(islice(result, replay.MOST_ITEMS), maxlen=0)
        except Exception as error:  # noqa: BLE001 - it is what the function does
            return time.perf_counter() - started, type(error).__name__
        restoring.objects[place] = result
        return time.perf_counter() - started, "returns"

    def _write(self, line: dict[str, Any]) -> None:
        os.write(self.report, json.dumps(line).encode() + b"\n")


def _ended(child: int, seconds: float) -> bool:
    """Whether the child ended by itself in time; it is gone either way."""
    ends = time.monotonic() + seconds
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > ends:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def _limit_memory(beyond: int) -> None:
    """Let this process have so many more bytes than it has."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + beyond
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


def main() -> None:
    """Read the lists, run them, and tell."""
    request = json.load(sys.stdin)
    report = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    outcome = os.fdopen(os.dup(1), "w", encoding="utf-8")
    replay._enter_repository(request)
    worlds = Worlds(request, report)
    worlds.load()
    if request["loops"]:
        print(worlds.repeat(request["loops"]), "calls", file=outcome, flush=True)
    else:
        worlds.tell()


if __name__ == "__main__":
    main()
