"""What a sandbox sees of the host: the system read-only, the interpreter, and made-up accounts. As bwrap options."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from sandbox.environments import prefix
from sandbox.variables import is_public, local_paths, setup_variables

_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "ssl", "pki", "ca-certificates",
        "crypto-policies")  # fmt: skip
_NETWORK = ("resolv.conf", "nsswitch.conf", "host.conf", "gai.conf")
_PIP_CONFIGURATION = Path("/etc/pip.conf")
_MADE_UP = {
    "passwd": "user:x:1000:1000:user:/home/user:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    "group": "user:x:1000:\nnogroup:x:65534:\n",
    "hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
}


def write_made_up_files(folder: Path) -> Path:
    """Write the accounts of the sandbox to `folder`, once."""
    if not folder.exists():
        folder.mkdir()
        for name, text in _MADE_UP.items():
            (folder / name).write_text(text)
    return folder


def host_files(made_up: Path) -> list[str]:
    """The system, read-only."""
    options = ["--ro-bind", "/usr", "/usr"]
    for place in map(Path, _SYSTEM):
        if place.is_symlink():
            options += ["--symlink", os.fspath(place.readlink()), str(place)]
        elif place.is_dir():
            options += ["--ro-bind", str(place), str(place)]
    options += _read_only(Path("/etc") / name for name in _ETC)
    for name in _MADE_UP:
        options += ["--ro-bind", str(made_up / name), f"/etc/{name}"]
    return options


def interpreter_files() -> list[str]:
    """The host's interpreter at its own path, where the system does not have it already."""
    return _read_only([prefix()])


def package_files(host: Mapping[str, str]) -> list[str]:
    """How setup finds hosts and packages: name resolution, pip's configuration, and local folders that this names."""
    configuration = [_PIP_CONFIGURATION] if _is_public_file(_PIP_CONFIGURATION) else []
    texts = [*setup_variables(host).values(), *(path.read_text() for path in configuration)]
    named = sorted({path for text in texts for path in local_paths(text)})
    return _read_only([*(Path("/etc") / name for name in _NETWORK), *configuration, *named])


def _is_public_file(path: Path) -> bool:
    try:
        return is_public(path.read_text())
    except (OSError, UnicodeDecodeError):
        return False


def _read_only(paths: Iterable[Path]) -> list[str]:
    """Options for those of `paths` that exist and are not there with the system."""
    wanted = [str(path) for path in paths if path.exists() and not path.is_relative_to("/usr")]
    return [word for path in wanted for word in ("--ro-bind", path, path)]
