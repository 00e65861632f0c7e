"""Writes a confirmed patch into the user's own checkout: the only writing there, and only when asked for."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from pathspec import GitIgnoreSpec

from core import patch as patches
from core.errors import ConfigError
from core.lookalikes import fold
from sandbox.checkout import inside
from sandbox.extent import LONGEST_NAME, LONGEST_PATH
from sandbox.git import git
from sandbox.repository import text_of
from sandbox.worktree import refuse_unless_clean, top_of


def may_edit(globs: Sequence[str], tree: Path) -> Callable[[str], bool]:
    """Whether a path matches the globs (as in .gitignore) and names a text file of `tree`, or a place for a new one there.

    Not so: what is outside of the repository or in .git, behind a link, below a file, binary, or too long for a file system.
    What the globs take back they take back from a new file in every spelling that a lenient eye or file system allows.
    """
    spec = GitIgnoreSpec.from_lines(globs)
    lenient = GitIgnoreSpec.from_lines([glob.casefold() for glob in globs])

    def allowed(path: str) -> bool:
        parts = PurePosixPath(path).parts
        plain = str(PurePosixPath(path)) == path and not path.startswith("/") and not {"..", ".git"} & set(parts)
        if not (plain and _fits(path, parts) and spec.match_file(path) and _is_text_or_free(tree, parts)):
            return False
        return tree.joinpath(*parts).exists() or lenient.check_file(fold(path)).include is not False

    return allowed


def _fits(path: str, parts: Sequence[str]) -> bool:
    try:
        lengths = [len(os.fsencode(part)) for part in parts]
    except UnicodeEncodeError:
        return False
    return "\0" not in path and max(lengths) <= LONGEST_NAME and sum(lengths) + len(parts) <= LONGEST_PATH


def _is_text_or_free(tree: Path, parts: Sequence[str]) -> bool:
    above = [tree.joinpath(*parts[:depth]) for depth in range(1, len(parts))]
    if any(folder.is_symlink() or (folder.exists() and not folder.is_dir()) for folder in above):
        return False
    place = tree.joinpath(*parts)
    return text_of(place) is not None if place.is_symlink() or place.exists() else True


def apply_to_checkout(folder: Path, patch: str, *, revision: str) -> None:
    """Change the files of the checkout as `patch` says. ConfigError when it is not at `revision`, or not clean."""
    top = top_of(folder)
    refuse_unless_clean(top)
    head = git("rev-parse", "HEAD", folder=top).or_refuse(f"{top} can't be read")
    if head != revision:
        raise ConfigError(f"the patch is against {revision[:12]}, but {top} is at {head[:12]}; check that out first")
    paths = [change.path for change in patches.read(patch)]
    places = {path: inside(top, path) for path in paths}
    texts = {path: _read(place) for path, place in places.items() if place.exists()}
    for path, text in patches.apply(patch, texts).items():
        if text is None:
            places[path].unlink()
        else:
            places[path].parent.mkdir(parents=True, exist_ok=True)
            places[path].write_bytes(text.encode("utf-8", "surrogateescape"))


def _read(place: Path) -> str:
    return place.read_bytes().decode("utf-8", "surrogateescape")
