"""Reads the formats of archives into one kind of entry, in the order of the archive. Writes nothing but a decompressed tar."""

import bz2
import gzip
import io
import lzma
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from core.errors import ConfigError
from sandbox.extent import Extent, shown

CHUNK_BYTES = 1 << 18
_LARGEST_READ = 16 << 20
"""Bytes; tables and headers that must be read at once are shorter in any archive of a repository."""
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_OPENERS: dict[bytes, Callable[[io.FileIO], io.BufferedIOBase]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
_ENCRYPTED = 1


class EntryKind(StrEnum):
    """What an entry is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"


_ZIP_KINDS = {stat.S_IFREG: EntryKind.FILE, stat.S_IFDIR: EntryKind.FOLDER, stat.S_IFLNK: EntryKind.LINK}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One file, folder or symbolic link of an archive."""

    name: str
    """As written."""
    kind: EntryKind
    executable: bool
    open: Callable[[], IO[bytes]]
    """A file's content, or a link's target."""


class _Modest(io.FileIO):
    """A file of which no one read takes much memory, whatever length a header claims."""

    def read(self, size: int | None = -1, /) -> bytes:
        """As a file's; ConfigError when it would be too much."""
        wanted = os.fstat(self.fileno()).st_size - self.tell() if size is None or size < 0 else size
        if wanted > _LARGEST_READ:
            raise ConfigError(f"a table or a header has {wanted} bytes; {_LARGEST_READ} are the most")
        return super().read(max(wanted, 0))


def entries_of(archive: Path, scratch: Path, extent: Extent) -> Iterator[Entry]:
    """All entries, told by the file's first bytes what it is. Content must be read before the next entry is asked for.

    ConfigError for an entry that is none of the three kinds, and whatever the standard library raises for a damaged
    file. A compressed tar is unpacked to `scratch` first; `extent` counts its bytes.
    """
    with _Modest(archive) as file:
        magic = file.read(8)
        file.seek(0)
        opener = next((opener for start, opener in _OPENERS.items() if magic.startswith(start)), None)
        if magic.startswith(_ZIP_MAGIC):
            yield from _of_zip(file)
        elif opener:
            with NamedTemporaryFile(dir=scratch) as plain:
                _decompress(opener(file), plain, extent)
                with _Modest(plain.name) as decompressed:
                    yield from _of_tar(decompressed)
        else:
            yield from _of_tar(file)


def _decompress(source: io.BufferedIOBase, target: IO[bytes], extent: Extent) -> None:
    with source:
        while chunk := source.read(CHUNK_BYTES):
            extent.add_bytes(len(chunk))
            target.write(chunk)
    target.flush()


def _of_zip(file: io.FileIO) -> Iterator[Entry]:
    with zipfile.ZipFile(file) as zipped:
        for info in zipped.infolist():
            yield _zip_entry(zipped, info)


def _zip_entry(zipped: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    mode = info.external_attr >> 16
    if info.flag_bits & _ENCRYPTED:
        raise _refused(info.filename, "is encrypted")
    if info.orig_filename != info.filename:
        raise _refused(info.orig_filename, "has a name with a NUL character or another separator than /")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise _refused(
            info.filename, f"is compressed by method {info.compress_type}; use deflate, as zip does by default"
        )
    kind = _ZIP_KINDS.get(stat.S_IFMT(mode))
    if stat.S_IFMT(mode) == 0:
        kind = EntryKind.FOLDER if info.is_dir() else EntryKind.FILE
    return _entry(info.filename, kind, mode, lambda: zipped.open(info))


def _of_tar(file: io.FileIO) -> Iterator[Entry]:
    with tarfile.open(fileobj=file, mode="r:") as tar:
        for member in tar:
            yield _tar_entry(tar, member)
        # The library takes a damaged header for the end.
        file.seek(tar.offset)
        if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
            raise ConfigError("it is cut off or damaged")


def _tar_entry(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    if member.size < 0:
        raise _refused(member.name, "has a negative size")
    if member.issparse():
        raise _refused(member.name, "is a sparse file; make the archive without --sparse")
    if member.islnk():
        raise _refused(member.name, "is a hard link; make the archive with --hard-dereference")
    if member.issym():
        target = member.linkname.encode("utf-8", "surrogateescape")
        return _entry(member.name, EntryKind.LINK, 0, lambda: io.BytesIO(target))
    kind = EntryKind.FOLDER if member.isdir() else EntryKind.FILE if member.isreg() else None
    return _entry(member.name, kind, member.mode, lambda: tar.extractfile(member) or io.BytesIO())


def _entry(name: str, kind: EntryKind | None, mode: int, opening: Callable[[], IO[bytes]]) -> Entry:
    if kind is None:
        raise _refused(name, "is a device, a pipe or a socket; only files, folders and symbolic links can be unpacked")
    if kind is EntryKind.FILE and mode & (stat.S_ISUID | stat.S_ISGID):
        raise _refused(name, "is a setuid or setgid file")
    return Entry(name=name, kind=kind, executable=bool(mode & stat.S_IXUSR), open=opening)


def _refused(name: str, why: str) -> ConfigError:
    return ConfigError(f"the entry {shown(name)} {why}")
