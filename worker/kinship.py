"""A child process that does not outlive its parent, and sees only what it needs of its parent's environment."""

import ctypes
import os
import signal
from collections.abc import Mapping

_PR_SET_PDEATHSIG = 1
_NAMES = frozenset(
    {
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "VIRTUAL_ENV",
        "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "REQUESTS_CA_BUNDLE",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
    }
)  # fmt: skip
_BEGINNINGS = ("LC_", "XDG_", "PERFSMITH_", "OPENAI_", "DOCKER_", "PIP_", "UV_", "PYTHON")
_KEPT_BACK = frozenset({"PERFSMITH_BROKER_URL"})
"""Secrets of the service that working on a run does not take."""
_SERVICE_ONLY = ("PERFSMITH_GITHUB_", "PERFSMITH_OIDC_")


def variables_of_child(environment: Mapping[str, str]) -> dict[str, str]:
    """What the child of one run gets: how to find programs, packages, models and the store. It makes no messages."""
    return {name: value for name, value in environment.items() if _is_handed(name)}


def _is_handed(name: str) -> bool:
    if name in _KEPT_BACK or name.startswith(_SERVICE_ONLY):
        return False
    return name in _NAMES or name.startswith(_BEGINNINGS)


def die_with(parent: int) -> None:
    """From now on the kernel kills this process when its parent dies; at once when that has happened already."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
