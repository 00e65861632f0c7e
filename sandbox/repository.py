"""From a path, URL or archive to a tree of files at one revision, and from the tree to texts and patches. Runs nothing of it."""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pathspec import GitIgnoreSpec

from core.errors import ConfigError, SandboxError
from core.patch import PatchError, diff, read
from sandbox.addresses import ANYWHERE_PUBLIC, Sources, remote_of
from sandbox.archives import ENDINGS, unpack
from sandbox.checkout import inside
from sandbox.committing import commit
from sandbox.extent import Limits, shown
from sandbox.fetching import fetch_local, fetch_remote, refuse_large
from sandbox.git import Watch, git
from sandbox.scratch import remove
from sandbox.worktree import refuse_unless_clean, top_of

_LARGEST_SOURCE = 1 << 20
_LONGEST_REF = 500
_MINIMAL_CONFIGURATION = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n"


@dataclass(frozen=True, kw_only=True)
class Materialised:
    """A repository's files at one revision."""

    revision: str
    """The full id of the commit."""
    tree: Path
    """Folder with its files, and a .git that knows this one commit only."""


def materialise(repository: str, ref: str | None, into: Path, sources: Sources = ANYWHERE_PUBLIC) -> Materialised:
    """The files of `repository` (a work tree's path or a URL) at `ref`, by default what is checked out or HEAD.

    `into` must not exist yet. The repository is only read. ConfigError says what has to change, or which limit or rule
    of `sources` is in the way.
    """
    if ref is not None:
        _refuse_odd(ref)
    fetch = _fetching(repository, ref, sources)
    with _made(into):
        git("init", "--quiet", "--template=", folder=into).or_refuse(f"no repository could be made in {into}")
        revision = fetch(ref or "HEAD", into, sources)
        refuse_large(revision, into, sources)
        checkout = git("checkout", "--quiet", "--detach", revision, folder=into, watch=Watch.over(None, sources.limits))
        checkout.or_refuse(f"{repository} could not be checked out at {revision}")
        _forget_source(into / ".git")
    return Materialised(revision=revision, tree=into)


def _fetching(repository: str, ref: str | None, sources: Sources) -> Callable[[str, Path, Sources], str]:
    """What gets a commit of the repository by its name. ConfigError when the repository is none to take one from."""
    remote = remote_of(repository, sources)
    if remote:
        return partial(fetch_remote, remote)
    source = top_of(local_path(repository, sources))
    if ref is None:
        refuse_unless_clean(source)
    return partial(fetch_local, source)


def materialise_archive(archive: Path, into: Path, limits: Limits) -> Materialised:
    """The files of `archive` as the one commit of a repository; the same files give the same revision.

    `into` must not exist yet. ConfigError names the entry that can't be unpacked safely.
    """
    with _made(into):
        unpack(archive, into, limits)
        revision = commit(into, limits)
        _forget_source(into / ".git")
    return Materialised(revision=revision, tree=into)


@contextmanager
def _made(into: Path) -> Iterator[None]:
    """Make the folder; it goes again when what fills it fails."""
    into.mkdir(parents=True)
    try:
        yield
    except BaseException:
        remove(into)
        raise


def _refuse_odd(ref: str) -> None:
    blank = any(character.isspace() or character == ":" for character in ref)
    if not ref or ref.startswith("-") or blank or not ref.isprintable() or len(ref) > _LONGEST_REF:
        raise ConfigError(f"{shown(ref)} is no branch, tag or commit")


def local_path(repository: str, sources: Sources) -> Path:
    """Something that is there. ConfigError when it is not, or when `sources` allow no paths of this machine."""
    wanted = f"a URL ({', '.join(sources.schemes)})"
    if not sources.local:
        raise ConfigError(f"{shown(repository)} is no URL; give {wanted}")
    wanted = f"the path of a git checkout or of an archive ({', '.join(ENDINGS)}), or {wanted}"
    try:
        if not repository or repository.startswith("-"):
            raise ConfigError(f"{shown(repository)} is neither a path nor a URL; give {wanted}")
        Path(repository).stat()
    except (OSError, ValueError):
        raise ConfigError(f"{shown(repository)} is no folder, no file and no URL; give {wanted}") from None
    return Path(repository)


def _forget_source(folder: Path) -> None:
    """Leave of the .git folder what tools need that derive a version from it, and nothing of where it came from."""
    (folder / "config").write_text(_MINIMAL_CONFIGURATION)
    for name in ("hooks", "logs", "FETCH_HEAD", "refs/remotes"):
        remove(folder / name)


def read_sources(tree: Path, editable: Sequence[str]) -> dict[str, str]:
    """The texts by path of all files that match the globs in `editable` (as in .gitignore).

    Links, files with a NUL byte and those above 1 MiB are no sources.
    """
    spec = GitIgnoreSpec.from_lines(editable)
    found: dict[str, str] = {}
    for folder, names, files in os.walk(tree):
        names[:] = sorted(name for name in names if name != ".git")
        for name in sorted(files):
            path = Path(folder, name)
            relative = path.relative_to(tree).as_posix()
            if spec.match_file(relative) and (text := text_of(path)) is not None:
                found[relative] = text
    return found


def paths_of(tree: Path) -> frozenset[str]:
    """The paths of everything in the repository that is no folder, links among them."""
    found = set()
    for folder, names, files in os.walk(tree):
        links = [name for name in names if Path(folder, name).is_symlink()]
        names[:] = [name for name in names if name != ".git"]
        found |= {Path(folder, name).relative_to(tree).as_posix() for name in (*files, *links)}
    return frozenset(found)


def text_of(path: Path) -> str | None:
    """The text of a source; None for a link, a folder, a binary file or one above 1 MiB."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST_SOURCE:
        return None
    content = path.read_bytes()
    return None if b"\0" in content else content.decode("utf-8", "surrogateescape")


def normalise(tree: Path, patch: str) -> str:
    """The same change as `patch` (whatever git can apply, with offsets) as core.patch writes it against `tree`.

    PatchError when it does not apply or does more than change text.
    """
    paths = [change.path for change in read(patch)]
    before = {path: text for path in paths if (text := _original(tree, path)) is not None}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder).resolve()
        for path, text in before.items():
            (scratch / path).parent.mkdir(parents=True, exist_ok=True)
            (scratch / path).write_bytes(_bytes(text))
        git("init", "--quiet", "--template=", folder=scratch).or_refuse("no repository could be made for the patch")
        applied = git("apply", "--whitespace=nowarn", "-", folder=scratch, stdin=_bytes(patch))
        if not applied.succeeded:
            raise PatchError(f"git can't apply the patch: {applied.complaint}")
        after = {path: text_of(scratch / path) for path in paths}
    return diff(before, after)


def _original(tree: Path, path: str) -> str | None:
    """The text of a file that a patch names; None when there is none."""
    try:
        place = inside(tree, path)
    except SandboxError as error:
        raise PatchError(str(error)) from error
    if not place.exists():
        return None
    text = text_of(place)
    if text is None:
        raise PatchError(f"{path} is binary or larger than {_LARGEST_SOURCE} bytes")
    return text


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
