"""What is run in a sandbox and what is seen of it. Commands out, facts in: nothing here judges."""

import hashlib
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath
from typing import NewType

PATIENCE_FACTOR = 5.0
PATIENCE_SECONDS = 20.0
"""A candidate has this much time beyond so many times the original's, but never more than the user allows."""


Environment = NewType("Environment", str)
"""What a provider calls an environment that it built: a folder, the id of an image. Only that provider can read it."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where things are for a command inside a sandbox."""

    repo: PurePosixPath
    """The checkout, and the working directory of every command."""
    env: PurePosixPath
    """The virtual environment that setup made; its bin/ comes first on PATH."""
    tools: PurePosixPath
    """Read-only folder with perfsmith's own harnesses, one folder for each name in the provider's tools."""
    out: PurePosixPath
    """Fresh writable folder for each command; files named in `Command.collect` are read from it."""

    @property
    def plugins(self) -> PurePosixPath:
        """The one folder of the tools from which the environment's Python can import."""
        return self.tools / "plugins"

    @property
    def python(self) -> str:
        """The interpreter of the problem's environment."""
        return str(self.env / "bin" / "python")


@dataclass(frozen=True, kw_only=True)
class Command:
    """One thing to run in a sandbox, from its start until the last process of its tree is gone."""

    argv: tuple[str, ...]
    timeout_seconds: float
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to the sandbox's own variables, which hold nothing of the host's."""
    stdin: bytes = b""
    collect: tuple[str, ...] = ()
    """Names of files in the out folder to hand back; links are not followed, a missing file is left out."""


def patience(usual_seconds: float, limit_seconds: float) -> float:
    """How long a candidate may take for what usually takes the original `usual_seconds`: a hang should not cost the limit."""
    return min(limit_seconds, PATIENCE_SECONDS + PATIENCE_FACTOR * usual_seconds)


def shell(line: str, *, timeout_seconds: float) -> Command:
    """The command that a user wrote as one line, run by /bin/sh as CI would."""
    return Command(argv=("/bin/sh", "-c", line), timeout_seconds=timeout_seconds)


def line_of(argv: tuple[str, ...]) -> str:
    """`argv` as a person would type it."""
    return argv[2] if argv[:2] == ("/bin/sh", "-c") else shlex.join(argv)


class Ending(StrEnum):
    """How a command came to its end."""

    EXITED = "exited"
    SIGNALLED = "signalled"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    """The tree took more than the sandbox's limit, and the kernel or the sandbox killed a process of it for that."""


@dataclass(frozen=True, kw_only=True)
class Output:
    """What a command wrote to one stream."""

    data: bytes
    """The whole of it, or the first and last part around a marker where it was longer than the limit."""
    size: int
    """Bytes written in all."""
    sha256: str
    """Of everything written, also of what `data` leaves out."""

    @classmethod
    def of(cls, data: bytes) -> "Output":
        """An output that was kept whole."""
        return cls(data=data, size=len(data), sha256=hashlib.sha256(data).hexdigest())

    @property
    def text(self) -> str:
        """For people: undecodable bytes are replaced."""
        return self.data.decode("utf-8", "replace")


@dataclass(frozen=True, kw_only=True)
class ExecResult:
    """Everything observed about one command, as the kernel and the host's clock report it."""

    ending: Ending
    exit_code: int
    """The exit status; minus the signal's number when a signal ended it, the time was up or memory ran out."""
    wall_seconds: float
    """From the start of the command until the last process of its tree was gone."""
    cpu_seconds: float
    """User and system time of the whole tree."""
    peak_memory_bytes: int
    """The largest resident set of a process of the tree or, where that was seen to be more, of all of them together."""
    stdout: Output
    stderr: Output
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Collected files by name."""
    left_behind: int = 0
    """Processes of the tree that lived on when the command ended by itself, and were killed."""
    reprioritised: bool = False
    """Whether it ended with another priority or scheduling than it was started with."""

    @property
    def succeeded(self) -> bool:
        """Exited by itself with status 0."""
        return self.ending is Ending.EXITED and self.exit_code == 0

    @property
    def failure(self) -> str:
        """In words why this is no success, with the end of what it printed."""
        how = {
            Ending.EXITED: f"exit code {self.exit_code}",
            Ending.SIGNALLED: f"killed by signal {-self.exit_code}",
            Ending.TIMED_OUT: f"timed out after {self.wall_seconds:.1f} s",
            Ending.OUT_OF_MEMORY: f"ran out of memory at {self.peak_memory_bytes >> 20} MiB",
        }[self.ending]
        tail = tail_of(self.stderr.text) or tail_of(self.stdout.text)
        return f"{how}: {tail}" if tail else how


def tail_of(text: str, *, lines: int = 12, characters: int = 2000) -> str:
    """The last lines of `text` that say something."""
    kept = [line.rstrip() for line in text.strip().splitlines() if line.strip()][-lines:]
    return "\n".join(kept)[-characters:]
