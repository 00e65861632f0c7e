"""Runs git on repositories that nobody vouches for: no hook, filter, helper or configuration of theirs has an effect."""

import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from core.errors import ConfigError, MachineError
from sandbox.extent import DEFAULT_LIMITS, Limits

LONGEST_OUTPUT = 64 << 20
"""Bytes; nothing that we ask git for is that long, unless somebody built a repository for it."""
_MEMORY = 4 << 30
_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 5.0
"""For killed processes to be gone; they may be in the middle of writing, and whoever reaps them may be slow."""
_LONGEST_COMPLAINT = 2000
_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.sshCommand": "ssh -o BatchMode=yes",
    "core.pager": "cat",
    # Names that a case-insensitive or a normalising file system would take for .git are refused here, too.
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
    "credential.helper": "",
    "safe.directory": "*",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "transfer.fsckObjects": "true",
    "transfer.bundleURI": "false",
    # Harmless flaws of commits that old versions of git and other tools made; many a repository has some.
    "fetch.fsck.badTimezone": "ignore",
    "fetch.fsck.missingSpaceBeforeDate": "ignore",
    "fetch.fsck.zeroPaddedFilemode": "ignore",
    # One file on disk, whose size can be limited, instead of many small ones.
    "fetch.unpackLimit": "1",
    "pack.threads": "2",
    # Where a redirect leads was not looked at. This also keeps git from the alternates that a server may name.
    "http.followRedirects": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "advice.detachedHead": "false",
}
_HANDED = (
    "HOME", "PATH", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "HTTPS_PROXY", "HTTP_PROXY",
    "NO_PROXY", "https_proxy", "http_proxy", "no_proxy",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What git said."""

    succeeded: bool
    output: bytes
    complaint: str
    """Printable: a server may have written it."""

    @property
    def text(self) -> str:
        """The output without its last line end."""
        return os.fsdecode(self.output).rstrip("\n")

    def or_refuse(self, what: str) -> str:
        """The output, or ConfigError with `what` went wrong."""
        if not self.succeeded:
            raise ConfigError(f"{what}: {self.complaint}")
        return self.text


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What a command of git may take."""

    limits: Limits
    deadline: float
    """On the monotonic clock."""
    folder: Path | None = None
    """May not grow beyond the limit of bytes."""

    @classmethod
    def over(cls, folder: Path | None, limits: Limits) -> "Watch":
        """From now on, for all commands that are given this."""
        return cls(limits=limits, deadline=time.monotonic() + limits.seconds, folder=folder)

    def exceeded(self, output: IO[bytes]) -> str:
        """Which limit is exceeded, in words; empty for none."""
        if time.monotonic() > self.deadline:
            return self.limits.too_slow
        if os.fstat(output.fileno()).st_size > LONGEST_OUTPUT:
            return f"the answer is longer than {LONGEST_OUTPUT} bytes"
        if self.folder and _size_of(self.folder) > self.limits.size_bytes:
            return self.limits.too_large
        return ""


def git(
    *arguments: str,
    folder: Path,
    stdin: bytes = b"",
    settings: Sequence[str] = (),
    protocol: str = "",
    watch: Watch | None = None,
) -> Answer:
    """Run git in `folder`; nothing that is only looked at is written to.

    It may reach other repositories by `protocol` alone, also where a server or a configuration names another. Over a
    limit of `watch` it is killed with all it started, and complains about that.
    """
    if shutil.which("git") is None:
        raise MachineError("git is not installed: apt-get install git")
    options = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
    argv = ["git", "--no-optional-locks", "--no-replace-objects", *options, *settings, *arguments]
    # Files instead of pipes: nobody waits for the other, and whatever is too long does not fill our memory.
    with TemporaryFile() as asked, TemporaryFile() as output, TemporaryFile() as complaint:
        asked.write(stdin)
        asked.seek(0)
        process = subprocess.Popen(
            argv, cwd=folder, stdin=asked, stdout=output, stderr=complaint, env=_environment(protocol),
            start_new_session=True,
        )  # fmt: skip
        exceeded = _wait(process, watch or Watch.over(None, DEFAULT_LIMITS), output)
        succeeded = process.returncode == 0 and not exceeded
        return Answer(
            succeeded=succeeded,
            output=_content(output) if succeeded else b"",
            complaint=exceeded or _printable(_content(complaint)) or f"git ended with {process.returncode}",
        )


def _wait(process: subprocess.Popen[bytes], watch: Watch, output: IO[bytes]) -> str:
    """Until the end; returns the limit for which it was ended."""
    exceeded = ""
    try:
        if watch.folder:
            # The kernel's own limits bite between two looks at the folder. Deltas of a hostile pack can want any memory.
            _limit(process.pid, resource.RLIMIT_FSIZE, watch.limits.size_bytes)
            _limit(process.pid, resource.RLIMIT_AS, watch.limits.size_bytes + _MEMORY)
        while not exceeded and process.returncode is None:
            _pause(process)
            exceeded = watch.exceeded(output)
    finally:
        if process.returncode is None:
            _kill(process)
    return exceeded


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The whole group: what git started must not write on while its folder is removed."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(_POLL_SECONDS / 10)


def _limit(pid: int, kind: int, most: int) -> None:
    _, hard = resource.prlimit(pid, kind)
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.prlimit(pid, kind, (least, least))


def _pause(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return


def _size_of(folder: Path) -> int:
    """Bytes of all files below; those that go away meanwhile count nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(place, name).lstat().st_size
            except FileNotFoundError:
                continue
    return total


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(LONGEST_OUTPUT)


def _printable(complaint: bytes) -> str:
    text = complaint[:_LONGEST_COMPLAINT].decode("utf-8", "replace").strip()
    return "".join(character if character.isprintable() or character == "\n" else "\ufffd" for character in text)


def _environment(protocol: str) -> dict[str, str]:
    handed = {name: os.environ[name] for name in _HANDED if name in os.environ}
    return handed | {
        # As a file, because the git that serves a local repository sees files but not the options of its client.
        "GIT_CONFIG_GLOBAL": str(Path(__file__).with_name("gitconfig")),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_ALLOW_PROTOCOL": protocol,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    }
