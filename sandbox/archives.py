"""Unpacks archives that nobody vouches for: plain files, folders and links inside the tree come out, and nothing else."""

import errno
import lzma
import os
import posixpath
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ConfigError, MachineError
from sandbox.archive_entries import CHUNK_BYTES, Entry, EntryKind, entries_of
from sandbox.extent import Extent, Limits, shown

ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
"""How the name of an archive ends; what is in it is told by its first bytes."""
_LONGEST_TARGET = 1000
DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
"""What the system says when there is no room left."""
_DAMAGED = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, ArithmeticError,
    LookupError, struct.error, RuntimeError, TypeError, AttributeError,
)  # fmt: skip
"""What the standard library's readers raise for files that were made to break them."""


def is_archive(path: Path) -> bool:
    """Whether `path` is a file with the name of an archive."""
    return path.name.lower().endswith(ENDINGS) and path.is_file()


def unpack(archive: Path, into: Path, limits: Limits) -> None:
    """Put the files of `archive` into the empty folder `into`, a single folder at its top left away.

    Folders and files named .git are left out at any depth: what git believes about a tree (its hooks, configuration,
    other places of objects) is never taken from an archive. Folders without a file are left out, as in git. ConfigError
    names the entry that is refused.
    """
    packed_bytes = archive.stat().st_size
    with tempfile.TemporaryDirectory(dir=into.parent, prefix="unpacking-") as folder:
        unpacking = _Unpacking(Path(folder, "files"), Extent(limits, packed_bytes=packed_bytes))
        with _named(unpacking):
            for entry in entries_of(archive, Path(folder), Extent(limits, packed_bytes=packed_bytes)):
                unpacking.add(entry)
            unpacking.finish(into)


@contextmanager
def _named(unpacking: "_Unpacking") -> Iterator[None]:
    """Every error as a ConfigError that says how far it went; a MachineError where it is the disk that is full."""
    try:
        yield
    except (ConfigError, *_DAMAGED) as error:
        last = f" after the entry {shown(unpacking.last)}" if unpacking.last else ""
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            raise MachineError("the archive can't be unpacked: the disk is full") from error
        what = str(error) if isinstance(error, ConfigError) else f"it is damaged ({type(error).__name__}: {error})"
        printable = "".join(each if each.isprintable() else "\ufffd" for each in what)
        raise ConfigError(f"the archive can't be unpacked: {printable}{last}") from None


class _Unpacking:
    """The tree as it grows. No link exists before all files are written, so that nothing is written through one."""

    def __init__(self, root: Path, extent: Extent) -> None:
        self.last = ""
        """The last entry that was taken."""
        self._root = root
        self._extent = extent
        self._folders: set[str] = set()
        self._files: set[str] = set()
        self._links: dict[str, str] = {}
        self._tops: set[str] = set()

    def add(self, entry: Entry) -> None:
        """Take one entry. ConfigError when it is refused."""
        path = _path_of(entry.name)
        self._extent.add_file(path)
        parts = path.split("/")
        self._tops.add(parts[0])
        if path and ".git" not in parts:
            self._take(path, entry)
        self.last = entry.name

    def _take(self, path: str, entry: Entry) -> None:
        above = [path[:end] for end, character in enumerate(path) if character == "/"]
        if entry.kind is EntryKind.FOLDER:
            above.append(path)
        elif path in self._files or path in self._folders:
            raise ConfigError(f"the entry {shown(entry.name)} has a name that was there before")
        blocked = self._files.intersection(above)
        if blocked:
            raise ConfigError(f"the entry {shown(entry.name)} is below {shown(min(blocked))}, which is no folder")
        self._folders.update(above)
        if entry.kind is not EntryKind.FOLDER:
            self._files.add(path)
        if entry.kind is EntryKind.FILE:
            self._write(path, entry)
        elif entry.kind is EntryKind.LINK:
            self._links[path] = _target_of(entry)

    def _write(self, path: str, entry: Entry) -> None:
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with entry.open() as source, target.open("xb") as file:
            while chunk := source.read(CHUNK_BYTES):
                self._extent.add_bytes(len(chunk))
                file.write(chunk)
        target.chmod(0o755 if entry.executable else 0o644)

    def finish(self, into: Path) -> None:
        """Make the links and move everything to where it belongs. ConfigError when there is no file."""
        if not self._files - self._links.keys():
            raise ConfigError("there is no file in it")
        top = min(self._tops) if len(self._tops) == 1 else ""
        if top in self._files:
            top = ""
        for path, target in self._links.items():
            self._link(path, target, top)
        for child in sorted((self._root / top).iterdir()):
            child.rename(into / child.name)

    def _link(self, path: str, target: str, top: str) -> None:
        place = posixpath.relpath(path, top or ".")
        if not _stays_inside(place, target):
            raise ConfigError(
                f"the link {shown(path)} leads to {shown(target)}; only paths inside the tree are allowed"
            )
        (self._root / path).parent.mkdir(parents=True, exist_ok=True)
        (self._root / path).symlink_to(target)


def _path_of(name: str) -> str:
    """The path in normal form, empty for the top itself. ConfigError unless it is an ordinary relative one."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raise ConfigError(f"the entry {shown(name)} has a name that is not UTF-8") from None
    if name.startswith("/") or "\\" in name or not name.isprintable():
        raise ConfigError(
            f"the entry {shown(name)} has an absolute path, or a name with backslashes or characters that can't be seen"
        )
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise ConfigError(f"the entry {shown(name)} leads out of the archive")
    return "/".join(parts)


def _target_of(entry: Entry) -> str:
    with entry.open() as source:
        target = source.read(_LONGEST_TARGET + 1)
    if not target or len(target) > _LONGEST_TARGET or b"\0" in target:
        raise ConfigError(f"the link {shown(entry.name)} must have a target of 1 to {_LONGEST_TARGET} bytes")
    return os.fsdecode(target)


def _stays_inside(place: str, target: str) -> bool:
    """Whether a link at `place` leads to a path inside, through other such links as well.

    For that, .. may only come first: the folder that a link is in is a real one, but `x/..` is anywhere if x is a link.
    """
    parts = target.split("/")
    ups = next((index for index, part in enumerate(parts) if part != ".."), len(parts))
    inside = ups <= place.count("/") and ".." not in parts[ups:]
    return inside and not target.startswith("/") and ".git" not in parts
