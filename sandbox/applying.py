"""Writes a confirmed patch into the user's own checkout: the only writing there, and only when asked for."""

from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from pathspec import GitIgnoreSpec

from core import patch as patches
from core.errors import ConfigError
from sandbox.checkout import inside
from sandbox.git import git
from sandbox.worktree import refuse_unless_clean, top_of


def may_edit(globs: Sequence[str]) -> Callable[[str], bool]:
    """Whether a path matches the globs (as in .gitignore) and stays inside the repository and out of .git."""
    spec = GitIgnoreSpec.from_lines(globs)

    def allowed(path: str) -> bool:
        parts = PurePosixPath(path).parts
        plain = str(PurePosixPath(path)) == path and not path.startswith("/") and not {"..", ".git"} & set(parts)
        return plain and spec.match_file(path)

    return allowed


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
