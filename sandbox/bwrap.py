"""The program bwrap: where it is, what the installed one can do, and which namespaces it is asked for."""

import shutil
import subprocess
from functools import cache

from core.errors import NoSandboxError

USER = "1000"
_PLACES = "/usr/bin:/bin:/usr/local/bin"
_NO_USER_NAMESPACES = "--disable-userns"


def bwrap() -> str:
    """Its path. NoSandboxError with the ways to install it where there is none."""
    found = shutil.which("bwrap", path=_PLACES)
    if found is None:
        raise NoSandboxError(
            "bubblewrap is not installed: apt-get install bubblewrap (Debian, Ubuntu) or dnf install bubblewrap "
            "(Fedora). `--sandbox unsafe` does without, and without protection from the code that is run"
        )
    return found


def namespaces(*, network: bool) -> list[str]:
    """Options for new ones of every kind, a user without rights in them, and an end that comes with ours."""
    return [
        *("--unshare-all", "--unshare-user"),
        *([_NO_USER_NAMESPACES] if can_disable_user_namespaces(bwrap()) else []),
        *(["--share-net"] if network else []),
        *("--uid", USER, "--gid", USER, "--cap-drop", "ALL", "--hostname", "sandbox"),
        *("--die-with-parent", "--new-session"),
    ]


@cache
def can_disable_user_namespaces(program: str) -> bool:
    """Whether it can keep what it starts from making user namespaces (since version 0.8)."""
    said = subprocess.run([program, "--help"], capture_output=True, check=False, env={}, timeout=20)
    return _NO_USER_NAMESPACES.encode() in said.stdout


@cache
def version(program: str) -> str:
    """As it says itself."""
    said = subprocess.run([program, "--version"], capture_output=True, check=False, env={}, timeout=20)
    return said.stdout.decode("utf-8", "replace").strip()
