"""The environment variables of a command. Nothing of the host's, but what setup needs to reach its package index."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

from core.execution import Layout

_FOR_SETUP = (
    "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CERT", "PIP_FIND_LINKS", "PIP_TRUSTED_HOST", "PIP_DEFAULT_TIMEOUT",
    "UV_INDEX_URL", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
)  # fmt: skip


def sandbox_variables(layout: Layout, *, home: str, temporary: str) -> dict[str, str]:
    """What every command finds, the same in every sandbox."""
    return {
        "PATH": f"{layout.env}/bin:/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": temporary,
        "VIRTUAL_ENV": str(layout.env),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def setup_variables(host: Mapping[str, str]) -> dict[str, str]:
    """What setup gets besides: where to find packages, if that says no user name and password."""
    handed = {name: host[name] for name in _FOR_SETUP if name in host and is_public(host[name])}
    return handed | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def is_public(value: str) -> bool:
    """True when `value` can't hold `user:password@host`."""
    return "@" not in unquote(value)


def local_paths(text: str) -> Iterator[Path]:
    """Absolute paths and file URLs in `text` that exist on this machine."""
    for word in re.split(r"[\s=,'\"]+", text):
        path = Path(unquote(word.removeprefix("file://")))
        if path.is_absolute() and path != Path("/") and path.exists():
            yield path
