"""One checkout: made from an environment, changed once, and put back to that state after every command.

What a command left is found by comparing the kernel's own facts about every file with those noted before. Among them is
the time of the last change to the inode, which no unprivileged process can set. But where files are memory, a write
through a shared mapping changes no time at all. So the content of every file that could be mapped for writing is compared
as well.
"""

import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from core.errors import SandboxError
from sandbox.scratch import copy, remove

_TICK_SECONDS = 0.011
"""Longer than a tick of the clock that stamps files, so that no change gets the stamp of what it changes."""
_READ_AND_WRITE = stat.S_IRUSR | stat.S_IWUSR
_CHUNK = 1 << 20


class Stamp(NamedTuple):
    """What the kernel says of one file; differs when anything about the file was changed."""

    inode: int
    size: int
    modified_ns: int
    changed_ns: int
    mode: int

    @classmethod
    def of(cls, facts: os.stat_result) -> "Stamp":
        """The stamp in the result of a stat call."""
        return cls(facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_mode)

    @property
    def is_folder(self) -> bool:
        """True for a real folder, not for a link to one."""
        return stat.S_ISDIR(self.mode)

    @property
    def is_link(self) -> bool:
        """True for a symbolic link."""
        return stat.S_ISLNK(self.mode)

    @property
    def can_be_mapped(self) -> bool:
        """True for a file that its owner can map for writing without a change of its mode, which would show."""
        return stat.S_ISREG(self.mode) and self.mode & _READ_AND_WRITE == _READ_AND_WRITE


class Checkout:
    """The folder `repo` in `folder`, and what it looked like when it was sealed."""

    def __init__(self, folder: Path, pristine: Path) -> None:
        self.repo = folder / "repo"
        self._pristine = pristine
        self._kept: dict[str, bytes] = {}
        """What a changed file holds, or where a changed link leads: in memory, where no command can rewrite it."""
        self._folders: dict[str, dict[str, Stamp]] = {}
        self._digests: dict[str, bytes] = {}
        self._top: Stamp
        copy(pristine, self.repo)
        self._record()

    def change(self, changes: Mapping[str, str | None]) -> None:
        """Replace the text of files; None deletes. SandboxError for a path that leads out of the checkout."""
        for path, text in changes.items():
            target = inside(self.repo, path)
            mode = target.stat().st_mode if target.exists() else 0o644
            # A new file, never the old one's inode: a file may have other names.
            target.unlink(missing_ok=text is not None)
            if text is not None:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(text.encode("utf-8", "surrogateescape"))
                target.chmod(stat.S_IMODE(mode))

    def seal(self) -> None:
        """What is there now is what `scrub` goes back to."""
        before = dict(self._entries())
        self._record()
        for path, stamp in self._entries():
            if before.get(path) != stamp and not stamp.is_folder:
                place = self.repo / path
                self._kept[path] = os.fsencode(place.readlink()) if stamp.is_link else place.read_bytes()

    def _record(self) -> None:
        self._top = Stamp.of(self.repo.lstat())
        self._folders = _scan(self.repo)
        # Reads every file, so that it does not show by its time of access whether a command has read it.
        self._digests = {path: self._digest(path) for path, stamp in self._entries() if stamp.can_be_mapped}
        time.sleep(_TICK_SECONDS)

    def _entries(self) -> Iterator[tuple[str, Stamp]]:
        for folder, names in self._folders.items():
            for name, stamp in names.items():
                yield folder + name, stamp

    def scrub(self) -> None:
        """Put back every file that differs from the sealed state and remove what is new. SandboxError if that fails."""
        try:
            self._scrub()
        except OSError as error:
            raise SandboxError(f"the checkout could not be put back to its original state: {error}") from error

    def _scrub(self) -> None:
        touched: list[str] = []
        if Stamp.of(self.repo.lstat()) != self._top:
            self._reset_folder("", self._top)
            touched.append("")
        restored = [path for folder in self._folders for path in self._scrub_folder(folder, touched)]
        for folder in reversed(touched):
            self._settle(folder)
        if restored or touched:
            time.sleep(_TICK_SECONDS)

    def _scrub_folder(self, folder: str, touched: list[str]) -> list[str]:
        """The paths that had to be removed or restored; `touched` grows by the folders whose times must be set back.

        Parents come before their children, so `folder` is a real one by now.
        """
        expected = self._folders[folder]
        found = _listing(os.path.join(self.repo, folder))  # noqa: PTH118  thousands of times for each sample
        differing = [name for name in {**found, **expected} if found.get(name) != expected.get(name)]
        same = [name for name in found if found[name] == expected.get(name) and found[name].can_be_mapped]
        differing += [name for name in same if self._digest(folder + name) != self._digests[folder + name]]
        if not differing:
            return []
        for name in differing:
            self._restore(folder, name, found.get(name), touched)
        if folder not in touched:
            touched.append(folder)
        return differing

    def _digest(self, path: str) -> bytes:
        with open(os.path.join(self.repo, path), "rb", buffering=0) as file:  # noqa: PTH118, PTH123  as above
            digest = hashlib.blake2b(digest_size=16)
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
            return digest.digest()

    def _restore(self, folder: str, name: str, found: Stamp | None, touched: list[str]) -> None:
        path = folder + name
        target, expected = self.repo / path, self._folders[folder].get(name)
        same_folder = found and expected and found.inode == expected.inode and found.is_folder and expected.is_folder
        if not same_folder:
            remove(target)
        if expected is None:
            return
        if expected.is_folder:
            if not same_folder:
                target.mkdir()
            self._reset_folder(path, expected)
            touched.append(path + "/")
        else:
            self._rewrite(path, expected)
            self._folders[folder][name] = Stamp.of(target.lstat())

    def _rewrite(self, path: str, expected: Stamp) -> None:
        """The file or link, where there is nothing now."""
        target, kept = self.repo / path, self._kept.get(path)
        if kept is None:
            shutil.copy2(self._pristine / path, target, follow_symlinks=False)
            return
        if expected.is_link:
            target.symlink_to(os.fsdecode(kept))
        else:
            target.write_bytes(kept)
            target.chmod(stat.S_IMODE(expected.mode))
        os.utime(target, ns=(expected.modified_ns, expected.modified_ns), follow_symlinks=False)

    def _reset_folder(self, path: str, expected: Stamp) -> None:
        """Mode and extended attributes as they were."""
        target, source = self.repo / path, self._pristine / path
        target.chmod(stat.S_IMODE(expected.mode))
        known = {name: os.getxattr(source, name) for name in os.listxattr(source)} if source.is_dir() else {}
        found = {name: os.getxattr(target, name) for name in os.listxattr(target)}
        for name in found.keys() - known.keys():
            os.removexattr(target, name)
        for name, value in known.items():
            if found.get(name) != value:
                os.setxattr(target, name, value)

    def _settle(self, folder: str) -> None:
        """Set a folder's time back, now that its entries are as they were, and note its new stamp."""
        target = self.repo / folder
        parent, _, name = folder.rstrip("/").rpartition("/")
        parent = f"{parent}/" if parent else ""
        expected = self._folders[parent][name] if folder else self._top
        os.utime(target, ns=(expected.modified_ns, expected.modified_ns))
        stamp = Stamp.of(target.lstat())
        if folder:
            self._folders[parent][name] = stamp
        else:
            self._top = stamp


def _scan(repo: Path) -> dict[str, dict[str, Stamp]]:
    """The entries of every folder by name; folders end with a slash, the top is "", and parents come first."""
    folders: dict[str, dict[str, Stamp]] = {}
    pending = [""]
    while pending:
        folder = pending.pop()
        folders[folder] = _listing(os.path.join(repo, folder))  # noqa: PTH118  thousands of times for each sample
        pending += [f"{folder}{name}/" for name, stamp in folders[folder].items() if stamp.is_folder]
    return folders


def _listing(folder: str) -> dict[str, Stamp]:
    with os.scandir(folder) as entries:
        return {entry.name: Stamp.of(entry.stat(follow_symlinks=False)) for entry in entries}


def inside(tree: Path, path: str) -> Path:
    """Where `path` is in `tree`. SandboxError unless it is a plain file's place that no link leads out of."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\0" in path or ".." in parts or parts[0] == ".git":
        raise SandboxError(f"{path!r} is no path of a file in the repository")
    place = tree
    for part in parts[:-1]:
        place /= part
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise SandboxError(f"{path}: {part} is not a folder of the repository")
    place /= parts[-1]
    if place.is_symlink() or (place.exists() and not place.is_file()):
        raise SandboxError(f"{path} is not a plain file")
    return place
