"""Runs git on repositories that nobody vouches for: no hook, filter, helper or configuration of theirs has an effect."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError

_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.sshCommand": "ssh -o BatchMode=yes",
    "core.pager": "cat",
    "credential.helper": "",
    "protocol.ext.allow": "never",
    "protocol.allow": "never",
    "protocol.https.allow": "always",
    "protocol.ssh.allow": "always",
    "protocol.file.allow": "always",
    "safe.directory": "*",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
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

    @property
    def text(self) -> str:
        """The output without its last line end."""
        return os.fsdecode(self.output).rstrip("\n")

    def or_refuse(self, what: str) -> str:
        """The output, or ConfigError with `what` went wrong."""
        if not self.succeeded:
            raise ConfigError(f"{what}: {self.complaint}")
        return self.text


def git(*arguments: str, folder: Path, stdin: bytes = b"", settings: Sequence[str] = ()) -> Answer:
    """Run git in `folder`; nothing that is only looked at is written to."""
    if shutil.which("git") is None:
        raise ConfigError("git is not installed: apt-get install git")
    options = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
    done = subprocess.run(
        ["git", "--no-optional-locks", "--no-replace-objects", *options, *settings, *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        check=False,
        env=_environment(),
    )
    complaint = done.stderr.decode("utf-8", "replace").strip()
    return Answer(succeeded=done.returncode == 0, output=done.stdout, complaint=complaint)


def _environment() -> dict[str, str]:
    handed = {name: os.environ[name] for name in _HANDED if name in os.environ}
    return handed | {
        # As a file, because the git that serves a local repository sees files but not the options of its client.
        "GIT_CONFIG_GLOBAL": str(Path(__file__).with_name("gitconfig")),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    }
