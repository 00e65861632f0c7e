"""The near end of the spawner: starts that process, hands it commands, and turns its answers into results."""

import base64
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from core.errors import ConfigError, NoSandboxError, SandboxError
from core.execution import Command, Ending, ExecResult, Output

_ROOT = Path(__file__).parents[1]
# At the end of the path, so that nothing that is installed there takes the place of the standard library.
_LAUNCH = "import sys; sys.path.append(sys.argv[1]); from sandbox.runner.spawner import main; main()"
_GOODBYE_SECONDS = 10.0

# Says that all is set up, waits for the clock, and becomes the command; it keeps none of the spawner's descriptors.
_STARTER = 'echo $$ >&3; read -r go <&4 || exit 127; exec 3>&- 4<&-; exec "$@"'


def starter(argv: Sequence[str]) -> list[str]:
    """`argv` in the form that the spawner can clock, for a process that will be a child of the runner."""
    return ["/bin/sh", "-c", _STARTER, "sh", *argv]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What each process of a command may take, as the kernel enforces it, or the host's own limits where tighter."""

    memory_bytes: int
    """Private writable memory. Not address space: numpy, valgrind and others reserve much more than they use."""
    file_bytes: int
    open_files: int

    def request(self) -> list[tuple[int, int]]:
        """Resources with their limits."""
        return [
            (resource.RLIMIT_DATA, self.memory_bytes),
            (resource.RLIMIT_FSIZE, self.file_bytes),
            (resource.RLIMIT_NOFILE, self.open_files),
            (resource.RLIMIT_CORE, 0),
        ]


def program(name: str) -> str:
    """Where a program of util-linux is; NoSandboxError when it is not installed."""
    found = shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin")
    if found is None:
        raise NoSandboxError(f"{name} is not installed; it comes with util-linux (apt-get install util-linux)")
    return found


def cores_of(text: str) -> list[int]:
    """The numbers in a list of processors such as `0,2-3`; ConfigError unless all of them are there to be used."""
    ours = os.sched_getaffinity(0)
    try:
        ranges = [part.partition("-") for part in text.split(",")] if text else []
        found = [core for low, _, high in ranges for core in range(int(low), int(high or low) + 1)]
    except ValueError:
        found = [-1]
    if not ours.issuperset(found) or bool(text) is not bool(found):
        raise ConfigError(
            f"cores = {text!r} names no processors of this machine; there are {sorted(ours)}, as in 0,2-3"
        )
    return found


@dataclass(frozen=True, kw_only=True)
class Start:
    """How to start what leads to a command."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    limits: Limits
    cores: Sequence[int] = ()
    """Processors to run on; none are all."""
    tree_memory_bytes: int = 0
    """Of all processes together, as the spawner sees it where the kernel does not limit it; 0 is no limit."""

    def request(self) -> dict[str, object]:
        """In the form that the spawner reads."""
        return {
            "argv": list(self.argv),
            "environment": dict(self.environment),
            "folder": str(self.folder),
            "limits": self.limits.request(),
            "cores": list(self.cores),
            "memory": self.tree_memory_bytes,
        }


class Spawner:
    """A context manager around one spawner process; runs one command at a time."""

    def __init__(self, *, output_bytes: int) -> None:
        self._output_bytes = output_bytes

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _LAUNCH, str(_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env={},
            start_new_session=True,
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def _close(self) -> None:
        """Ends the spawner, which ends all that it started."""
        if self._process.poll() is not None and self._pipes[0].closed:
            return
        try:
            self._process.communicate(timeout=_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    @property
    def pid(self) -> int:
        """The spawner's process id."""
        return self._process.pid

    def run(self, start: Start, command: Command) -> ExecResult:
        """Run to the end of the last process. SandboxError when the command was never reached or the spawner died."""
        request = start.request() | {
            "stdin": base64.b64encode(command.stdin).decode(),
            "seconds": command.timeout_seconds,
            "keep": self._output_bytes,
        }
        reply = self._ask(request)
        if "error" in reply:
            raise SandboxError(f"the sandbox could not be set up: {reply['error']}")
        return result_of(reply)

    def _ask(self, request: Mapping[str, object]) -> dict[str, Any]:
        stdin, stdout = self._pipes
        try:
            stdin.write(json.dumps(request).encode() + b"\n")
            stdin.flush()
            line = stdout.readline()
        except (OSError, ValueError) as error:
            raise SandboxError(f"the spawner is gone: {error}") from error
        except BaseException:
            # Half a conversation is of no use: what is running ends here, too.
            self._close()
            raise
        if not line.endswith(b"\n"):
            raise SandboxError(f"the spawner died: {self._last_words()}")
        reply: dict[str, Any] = json.loads(line)
        return reply

    @property
    def _pipes(self) -> tuple[Any, Any]:
        return self._process.stdin, self._process.stdout

    def _last_words(self) -> str:
        said = self._process.communicate()[1].decode("utf-8", "replace").strip()
        return said or f"exit status {self._process.returncode}"


def result_of(reply: Mapping[str, Any]) -> ExecResult:
    """What a runner's answer says of a command."""
    ending = _ending(reply)
    return ExecResult(
        ending=ending,
        exit_code=-signal.SIGKILL if ending in {Ending.TIMED_OUT, Ending.OUT_OF_MEMORY} else reply["exit_code"],
        wall_seconds=reply["wall"],
        cpu_seconds=reply["cpu"],
        peak_memory_bytes=reply["memory"],
        stdout=_output(reply["stdout"]),
        stderr=_output(reply["stderr"]),
        left_behind=reply["left_behind"],
        reprioritised=reply["reprioritised"],
    )


def _ending(reply: Mapping[str, Any]) -> Ending:
    """Out of memory comes first: a parent that waits for what was killed for that runs out of time as well."""
    if reply["out_of_memory"]:
        return Ending.OUT_OF_MEMORY
    if reply["timed_out"]:
        return Ending.TIMED_OUT
    return Ending.SIGNALLED if reply["exit_code"] < 0 else Ending.EXITED


def _output(facts: Mapping[str, Any]) -> Output:
    return Output(data=base64.b64decode(facts["data"]), size=facts["size"], sha256=facts["sha256"])
