"""What a sandbox sees of the host: the system read-only, the interpreter, and made-up accounts. As bwrap options."""

import errno
import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from sandbox.environments import prefix
from sandbox.variables import is_public, local_paths, setup_variables

_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "ssl", "pki", "ca-certificates",
        "crypto-policies")  # fmt: skip
_NETWORK = ("resolv.conf", "nsswitch.conf", "host.conf", "gai.conf")
_HOST_ETC = Path("/etc")
_PIP_CONFIGURATION = _HOST_ETC / "pip.conf"
_KERNEL_SECRETS = ("timer_list", "latency_stats", "sched_debug")
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_NOBODY = 65534
_MADE_UP = {
    "passwd": "user:x:1000:1000:user:/home/user:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    "group": "user:x:1000:\nnogroup:x:65534:\n",
    "hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
}


def write_made_up_files(folder: Path) -> Path:
    """Write the accounts of the sandbox to the new folder `folder`."""
    folder.mkdir()
    for name, text in _MADE_UP.items():
        (folder / name).write_text(text)
    return folder


def write_etc(folder: Path, besides: Iterable[Path]) -> Path:
    """Make `folder` what the sandbox has as /etc, once: accounts of its own, and of the host's files those that all may read.

    `besides` are further files, of which those in /etc are taken. Copies, because each mount costs every command a good
    part of a millisecond, and because the sandbox's user is the user who runs this: where that is root, no mode would
    keep from it what only root may read.
    """
    if not folder.exists():
        write_made_up_files(folder)
        for path in (*(_HOST_ETC / name for name in _ETC), *besides):
            target = folder / path.relative_to(_HOST_ETC) if path.is_relative_to(_HOST_ETC) else None
            if target and path.exists() and not os.path.lexists(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                _copy_public(_readable_there(path), target)
    return folder


def _readable_there(path: Path) -> Path:
    """`path`, or where it leads when that is not in the sandbox, as with the files of name resolution."""
    real = path.resolve()
    return path if real.is_relative_to("/usr") or real.is_relative_to(_HOST_ETC) else real


def _copy_public(source: Path, target: Path) -> None:
    """Copy what all may read; links as they are."""
    mode = source.lstat().st_mode
    if stat.S_ISLNK(mode):
        target.symlink_to(source.readlink())
    elif stat.S_ISDIR(mode) and mode & stat.S_IROTH:
        target.mkdir()
        for name in os.listdir(source):  # noqa: PTH208  names are all that is needed
            _copy_public(source / name, target / name)
    elif stat.S_ISREG(mode) and mode & stat.S_IROTH:
        shutil.copyfile(source, target)


def host_files(etc: Path) -> list[str]:
    """The system, read-only, with `etc` as /etc."""
    options = ["--ro-bind", "/usr", "/usr"]
    for place in map(Path, _SYSTEM):
        if place.is_symlink():
            options += ["--symlink", os.fspath(place.readlink()), str(place)]
        elif place.is_dir():
            options += ["--ro-bind", str(place), str(place)]
    return [*options, "--ro-bind", str(etc), "/etc"]


@cache
def kernel_files() -> list[str]:
    """Options that leave nothing in /proc to be set, and hide everybody's own keys, and what only root may know.

    Where root runs this, the sandbox's user is root to the files in /proc, which ask for the user's number and for no
    rights: it could set the program that handles crashes of the whole machine. An ordinary user could leave settings of
    the sandbox's own namespaces to the next command.
    """
    secrets = [f"/proc/{name}" for name in ("keys", *(_KERNEL_SECRETS if os.getuid() == 0 else ()))]
    hidden = [word for file in secrets if Path(file).exists() for word in ("--ro-bind", os.devnull, file)]
    return [*hidden, "--remount-ro", "/proc"]


def devices(folder: Path) -> list[str]:
    """Options that put device files of nobody's in the place of the host's, where root runs this and may make some.

    bubblewrap binds the host's own, and root's sandbox owns those: it could close /dev/null to the whole machine.
    """
    if os.getuid() != 0:
        return []
    folder.mkdir(exist_ok=True)
    return [
        word
        for name in _DEVICES
        if _make_device(folder / name)
        for word in ("--dev-bind", str(folder / name), f"/dev/{name}")
    ]


def _make_device(place: Path) -> bool:
    """Whether there is one now that can be opened: some file systems have none, and not every root may make one."""
    try:
        if not place.exists():
            os.mknod(place, stat.S_IFCHR | 0o666, Path("/dev", place.name).stat().st_rdev)
            place.chmod(0o666)
            os.chown(place, _NOBODY, _NOBODY)
        os.close(os.open(place, os.O_RDWR))
    except OSError as error:
        return error.errno == errno.ENXIO
    return True


def interpreter_files() -> list[str]:
    """The host's interpreter at its own path, where the system does not have it already."""
    return read_only([prefix()])


def package_files(host: Mapping[str, str]) -> list[Path]:
    """How setup finds hosts and packages: name resolution, pip's configuration, and local folders that this names."""
    configuration = [_PIP_CONFIGURATION] if _is_public_file(_PIP_CONFIGURATION) else []
    texts = [*setup_variables(host).values(), *(path.read_text() for path in configuration)]
    named = sorted({path for text in texts for path in local_paths(text)})
    return [*(_HOST_ETC / name for name in _NETWORK), *configuration, *named]


def _is_public_file(path: Path) -> bool:
    try:
        return is_public(path.read_text())
    except (OSError, UnicodeDecodeError):
        return False


def read_only(paths: Iterable[Path]) -> list[str]:
    """Options for those of `paths` that exist and are not there with the system or /etc."""
    elsewhere = [path for path in paths if not path.is_relative_to("/usr") and not path.is_relative_to(_HOST_ETC)]
    wanted = [str(path) for path in elsewhere if path.exists()]
    return [word for path in wanted for word in ("--ro-bind", path, path)]
