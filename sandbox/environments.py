"""The cache of built environments: found by the content they were made from, made once, used when complete."""

import hashlib
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sandbox.scratch import locked, remove

FORMAT = 2
"""Part of every key; raised when environments are built in another way."""

_GIT_FILES = ("HEAD", "packed-refs", "shallow")


def python() -> Path:
    """The host's interpreter that environments are made with, by its real path."""
    return prefix() / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"


def prefix() -> Path:
    """The folder that the interpreter is installed in."""
    return Path(sys.base_prefix).resolve()


def key_of(tree: Path, setup: Sequence[str], *, backend: str) -> str:
    """The same for the same sources, setup, interpreter and way of building; differs when any of them does."""
    digest = hashlib.sha256()
    for part in (str(FORMAT), backend, sys.version, str(prefix()), *setup):
        _add(digest.update, part.encode("utf-8", "surrogateescape"))
    _add(digest.update, b"tree")
    for path in _files(tree):
        facts = path.lstat()
        linked = stat.S_ISLNK(facts.st_mode)
        kind = b"link" if linked else b"program" if facts.st_mode & stat.S_IXUSR else b"file"
        content = os.fsencode(path.readlink()) if linked else path.read_bytes()
        for fact in (os.fsencode(path.relative_to(tree)), kind, content):
            _add(digest.update, fact)
    return digest.hexdigest()


def _add(update: Callable[[bytes], None], part: bytes) -> None:
    """With its length, so that no two sequences of parts look the same."""
    update(len(part).to_bytes(8, "big") + part)


def _files(tree: Path) -> Iterator[Path]:
    """Files and links in a fixed order. Of git's own files only those that name the revision: the rest holds times."""
    yield from (path for name in _GIT_FILES if (path := tree / ".git" / name).is_file())
    for folder, names, files in os.walk(tree):
        names[:] = sorted(name for name in names if Path(folder, name) != tree / ".git")
        links = [name for name in names if Path(folder, name).is_symlink()]
        for name in sorted(files + links):
            path = Path(folder, name)
            if path.is_symlink() or path.is_file():
                yield path


def cached(cache: Path, key: str, build: Callable[[Path], None]) -> Path:
    """The environment under `key`; if there is none, `build` fills a folder that becomes it when that succeeds."""
    environment, part = cache / key, cache / f"{key}.part"
    with locked(cache / f"{key}.lock"):
        if not environment.is_dir():
            remove(part)
            part.mkdir()
            build(part)
            part.rename(environment)
        (environment / "used").touch()
    return environment
