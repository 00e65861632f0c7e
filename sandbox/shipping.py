"""What of ours goes into an image, beside the user's repository: the runner, the harnesses, the profilers' packages."""

import hashlib
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import Distribution
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO

from sandbox.confinement import USER
from sandbox.runner.container import PRISTINE
from sandbox.session import LAYOUT, RUNNER
from sandbox.system import write_made_up_files

PACKAGES = ("line-profiler", "memray", "py-spy", "rich", "typing-extensions")
"""The profilers and what they import; of a host's whole folder of packages nothing else is of use in a sandbox."""
SITE, PROGRAMS = "site", "bin"
"""The tools that hold the profilers' packages and programs."""
_ROOT = Path(__file__).parents[1]
_RUNNER_FILES = ("core/__init__.py", "core/errors.py", "core/spend.py", "sandbox/__init__.py", "sandbox/checkout.py",
                 "sandbox/collecting.py", "sandbox/scratch.py")  # fmt: skip
_ACCOUNTS = ("passwd", "group")


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A file of the host and its place in the image."""

    source: Path
    target: PurePosixPath


def runner() -> Iterator[Parcel]:
    """The modules of the runner."""
    own = sorted(path.relative_to(_ROOT).as_posix() for path in (_ROOT / "sandbox" / "runner").glob("*.py"))
    yield from (Parcel(source=_ROOT / path, target=RUNNER / path) for path in (*_RUNNER_FILES, *own))


def harnesses(tools: Mapping[str, Path]) -> Iterator[Parcel]:
    """Every tool's files, but for the profilers'."""
    for name in sorted(tools.keys() - {SITE, PROGRAMS}):
        for path in sorted(tools[name].rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield Parcel(source=path, target=LAYOUT.tools / name / path.relative_to(tools[name]).as_posix())


def profilers(tools: Mapping[str, Path]) -> Iterator[Parcel]:
    """The profilers' files as the host has them: good for an interpreter of the same version and kind."""
    for package in _installed(tools):
        for file in package.files or ():
            if not {"..", "__pycache__"} & set(file.parts):
                yield Parcel(source=tools[SITE] / file, target=LAYOUT.tools / SITE / file.as_posix())
    if PROGRAMS in tools:
        yield Parcel(source=tools[PROGRAMS] / "py-spy", target=LAYOUT.tools / PROGRAMS / "py-spy")


def requirements(tools: Mapping[str, Path]) -> tuple[str, ...]:
    """The profilers as pip is asked for them, in the versions that the host has."""
    return tuple(f"{package.name}=={package.version}" for package in _installed(tools))


def host_binaries() -> str:
    """How the host's interpreter wants binary modules to be named, which tells its version, its machine and its C library."""
    return EXTENSION_SUFFIXES[0]


def _installed(tools: Mapping[str, Path]) -> list[Distribution]:
    path = [str(tools[SITE])] if SITE in tools else []
    return [package for name in PACKAGES for package in Distribution.discover(name=name, path=path)]


def fingerprint(tools: Mapping[str, Path]) -> str:
    """Differs when anything does that `runner`, `harnesses` or the profilers ship."""
    digest = hashlib.sha256(" ".join(requirements(tools)).encode())
    for parcel in (*runner(), *harnesses(tools)):
        content = hashlib.sha256(parcel.source.read_bytes()).hexdigest()
        digest.update(f"{parcel.target}\0{content}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


@contextmanager
def packed(parcels: Iterable[Parcel]) -> Iterator[BinaryIO]:
    """An archive with `parcels`, which only root can change in the image."""
    with _archive() as (file, archive):
        for parcel in parcels:
            archive.add(parcel.source.resolve(), str(parcel.target).lstrip("/"), recursive=False, filter=_owned_by_root)
        archive.close()
        file.seek(0)
        yield file


@contextmanager
def accounts() -> Iterator[BinaryIO]:
    """An archive with the sandbox's one user."""
    with tempfile.TemporaryDirectory() as folder:
        made_up = write_made_up_files(Path(folder, "etc"))
        places = [Parcel(source=made_up / name, target=PurePosixPath("/etc", name)) for name in _ACCOUNTS]
        with packed(places) as file:
            yield file


@contextmanager
def checkout(tree: Path) -> Iterator[BinaryIO]:
    """An archive with `tree` as the checkout, and the folders that setup fills; all of it the user's."""
    with _archive() as (file, archive):
        for place in (PurePosixPath(LAYOUT.env), PurePosixPath(PRISTINE)):
            archive.addfile(_owned_by_user(_folder(place)))
        archive.add(tree, str(LAYOUT.repo).lstrip("/"), filter=_owned_by_user)
        archive.close()
        file.seek(0)
        yield file


@contextmanager
def _archive() -> Iterator[tuple[BinaryIO, tarfile.TarFile]]:
    with tempfile.TemporaryFile() as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        yield file, archive


def _folder(place: PurePosixPath) -> tarfile.TarInfo:
    folder = tarfile.TarInfo(str(place).lstrip("/"))
    folder.type, folder.mode = tarfile.DIRTYPE, 0o755
    return folder


def _link(place: PurePath, *, to: PurePath) -> tarfile.TarInfo:
    link = tarfile.TarInfo(str(place).lstrip("/"))
    link.type, link.linkname = tarfile.SYMTYPE, str(to)
    return link


def _owned_by_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mode = 0o755 if member.mode & 0o100 else 0o644
    return member


def _owned_by_user(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = USER
    member.uname = member.gname = "user"
    return member
