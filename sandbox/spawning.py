"""The near end of the spawner: starts that process, hands it commands, and turns its answers into results."""

import base64
import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from core.errors import ConfigError, SandboxError
from core.execution import Command, Ending, ExecResult, Output

_ROOT = Path(__file__).parents[1]
# At the end of the path, so that nothing that is installed there takes the place of the standard library.
_LAUNCH = "import sys; sys.path.append(sys.argv[1]); from sandbox.runner.spawner import main; main()"
_GOODBYE_SECONDS = 10.0
_SHELL_SIGNAL = 128
_LAST_SIGNAL = 64

# Says that all is set up, waits for the clock, and becomes the command; it keeps none of the spawner's descriptors.
_STARTER = 'echo $$ >&3; read -r go <&4 || exit 127; exec 3>&- 4<&-; exec "$@"'


def starter(argv: Sequence[str]) -> list[str]:
    """`argv` in the form that the spawner can clock."""
    return ["/bin/sh", "-c", _STARTER, "sh", *argv]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What each process of a command may take, as the kernel enforces it."""

    memory_bytes: int
    """Private writable memory. Not address space: numpy, valgrind and others reserve much more than they use."""
    file_bytes: int
    open_files: int
    processes: int | None
    """Of the sandbox together; None is no limit. The kernel does not hold the host's root to it."""

    def wrap(self, argv: Sequence[str]) -> list[str]:
        """`argv` under these limits, or the host's own where they are tighter."""
        wanted = {
            "data": (resource.RLIMIT_DATA, self.memory_bytes),
            "fsize": (resource.RLIMIT_FSIZE, self.file_bytes),
            "nofile": (resource.RLIMIT_NOFILE, self.open_files),
            "core": (resource.RLIMIT_CORE, 0),
        }
        if self.processes is not None:
            wanted["nproc"] = (resource.RLIMIT_NPROC, self.processes)
        options = [f"--{name}={_within(kind, value)}" for name, (kind, value) in wanted.items()]
        return [program("prlimit"), *options, "--", *argv]


def _within(kind: int, wanted: int) -> int:
    hard = resource.getrlimit(kind)[1]
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def program(name: str) -> str:
    """Where a program of util-linux is; ConfigError when it is not installed."""
    found = shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin")
    if found is None:
        raise ConfigError(f"{name} is not installed; it comes with util-linux (apt-get install util-linux)")
    return found


@dataclass(frozen=True, kw_only=True)
class Start:
    """How to start what leads to a command."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    announced: bool
    """Whether the process announced by the starter is waited for, and reported as the kernel saw it end. Otherwise the
    first process is, which tells of a signal as shells do: 128 and its number.
    """


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
        request = {
            "argv": list(start.argv),
            "environment": dict(start.environment),
            "folder": str(start.folder),
            "announced": start.announced,
            "stdin": base64.b64encode(command.stdin).decode(),
            "seconds": command.timeout_seconds,
            "keep": self._output_bytes,
        }
        reply = self._ask(request)
        if "error" in reply:
            raise SandboxError(f"the sandbox could not be set up: {reply['error']}")
        return _result(reply, shell_codes=not start.announced)

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


def _result(reply: Mapping[str, Any], *, shell_codes: bool) -> ExecResult:
    code = reply["exit_code"]
    if shell_codes and _SHELL_SIGNAL < code <= _SHELL_SIGNAL + _LAST_SIGNAL:
        code = _SHELL_SIGNAL - code
    ending = Ending.TIMED_OUT if reply["timed_out"] else Ending.SIGNALLED if code < 0 else Ending.EXITED
    return ExecResult(
        ending=ending,
        exit_code=-9 if reply["timed_out"] else code,
        wall_seconds=reply["wall"],
        cpu_seconds=reply["cpu"],
        peak_memory_bytes=reply["memory"],
        stdout=_output(reply["stdout"]),
        stderr=_output(reply["stderr"]),
    )


def _output(facts: Mapping[str, Any]) -> Output:
    return Output(data=base64.b64decode(facts["data"]), size=facts["size"], sha256=facts["sha256"])
