"""A repository's files as plain text to look at. Nothing of it is imported or run, and no link is followed out of it."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError

MAX_FILES = 200_000
MAX_BYTES = 1_000_000
"""Larger files are not read: neither configuration nor a benchmark is that long."""

_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages"})
_SKIPPED_AT_ROOT = frozenset({"build", "dist", "venv", "env"})


@dataclass(frozen=True, kw_only=True)
class SourceTree:
    """The plain files of a checkout; hidden folders, environments and build results are left out."""

    root: Path
    files: tuple[str, ...]
    """Paths relative to the root with forward slashes, sorted."""

    @classmethod
    def of(cls, root: Path) -> "SourceTree":
        """The tree at `root`. ConfigError when there is none or when it is too large to look at."""
        if not root.is_dir():
            raise ConfigError(f"{str(root)!r} is no folder; give the root of the repository")
        files: list[str] = []
        for path in _walk(root):
            files.append(path)
            if len(files) > MAX_FILES:
                raise ConfigError(f"{str(root)!r} holds more than {MAX_FILES} files; give the root of one repository")
        return cls(root=root, files=tuple(sorted(files)))

    @property
    def python_files(self) -> tuple[str, ...]:
        """Those that end in .py."""
        return tuple(path for path in self.files if path.endswith(".py"))

    def below(self, folder: str) -> tuple[str, ...]:
        """The files anywhere in `folder`; all for the empty name."""
        return tuple(path for path in self.files if path.startswith(f"{folder}/")) if folder else self.files

    def text(self, path: str) -> str:
        """The text of a file, undecodable bytes replaced; empty when it is missing, too large or leads elsewhere."""
        try:
            data = read_bounded(self.root, path)
        except ConfigError:
            return ""
        return "" if data is None else data.decode("utf-8-sig", "replace")


def _walk(root: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        relative = Path(folder).relative_to(root)
        folders[:] = [name for name in folders if not _is_skipped(relative, name) and not _is_environment(folder, name)]
        for name in names:
            if name.isprintable() and _is_plain(Path(folder, name)):
                yield (relative / name).as_posix()


def _is_skipped(parent: Path, name: str) -> bool:
    hidden = name.startswith(".") or not name.isprintable()
    return hidden or name in _SKIPPED or (parent == Path() and name in _SKIPPED_AT_ROOT)


def _is_environment(parent: str, name: str) -> bool:
    return _is_plain(Path(parent, name, "pyvenv.cfg"))


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def read_bounded(root: Path, name: str) -> bytes | None:
    """The content of `name` below `root`; None when there is no such file.

    ConfigError when it is no plain file, larger than MAX_BYTES, unreadable, or a link that leads out of `root`.
    """
    path = root / name
    if not os.path.lexists(path):
        return None
    try:
        return _read_inside(path.resolve(strict=True), root.resolve(), name)
    except (OSError, RuntimeError) as error:
        # Path.resolve of Python 3.11 reports a loop of links as a RuntimeError.
        raise ConfigError(f"{name} can't be read: {error}") from None


def _read_inside(path: Path, root: Path, name: str) -> bytes:
    if not path.is_relative_to(root):
        raise ConfigError(f"{name} is a link that leads out of the repository; put a plain file there")
    if not path.is_file():
        raise ConfigError(f"{name} is no plain file; put one there")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{name} is larger than {MAX_BYTES} bytes; it is not read")
    return data
