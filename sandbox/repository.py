"""From a path or URL to a tree of files at one revision, and from the tree to texts and patches. Runs nothing of it."""

import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from core.errors import ConfigError, SandboxError
from core.patch import PatchError, diff, read
from sandbox.checkout import inside
from sandbox.git import Answer, git
from sandbox.scratch import remove
from sandbox.worktree import refuse_unless_clean, top_of

_LARGEST_SOURCE = 1 << 20
_URL = re.compile(r"(https|ssh|file)://\S+|[\w.-]+@[\w.-]+:\S+")
_SOME = 12
_MINIMAL_CONFIGURATION = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n"


@dataclass(frozen=True, kw_only=True)
class Materialised:
    """A repository's files at one revision."""

    revision: str
    """The full id of the commit."""
    tree: Path
    """Folder with its files, and a .git that knows this one commit only."""


def materialise(repository: str, ref: str | None, into: Path) -> Materialised:
    """The files of `repository` (a work tree's path or a URL) at `ref`, by default what is checked out or HEAD.

    `into` must not exist yet. The repository is only read. ConfigError says what has to change.
    """
    if ref is not None and (not ref or ref.startswith("-") or re.search(r"[\s\0:]", ref)):
        raise ConfigError(f"{ref!r} is no branch, tag or commit")
    is_url = _is_url(repository)
    source = repository if is_url else str(top_of(Path(repository)))
    if not is_url and ref is None:
        refuse_unless_clean(Path(source))
    into.mkdir(parents=True)
    try:
        git("init", "--quiet", "--template=", folder=into).or_refuse(f"no repository could be made in {into}")
        revision = _fetch(source, ref or "HEAD", into) if is_url else _fetch_local(Path(source), ref or "HEAD", into)
        checkout = git("checkout", "--quiet", "--detach", revision, folder=into)
        checkout.or_refuse(f"{repository} could not be checked out at {revision}")
    except BaseException:
        remove(into)
        raise
    _forget_source(into / ".git")
    return Materialised(revision=revision, tree=into)


def _is_url(repository: str) -> bool:
    if repository.startswith("-"):
        raise ConfigError(f"{repository!r} is neither a path nor a URL")
    if _URL.fullmatch(repository) and not Path(repository).exists():
        return True
    if "://" in repository or "::" in repository:
        raise ConfigError(f"{repository}: only https://, ssh://, git@host:path and file:// URLs can be fetched")
    return False


def _fetch_local(source: Path, ref: str, into: Path) -> str:
    """Fetch one commit of a repository on this machine, found by any name that git knows for it."""
    found = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", folder=source)
    if not found.succeeded:
        raise _unknown_ref(str(source), ref, into)
    _fetch_commit(source.as_uri(), found.text, into).or_refuse(f"{source} could not be read")
    return found.text


def _fetch(url: str, ref: str, into: Path) -> str:
    """Fetch what the server calls `ref`; where it knows no such name, everything, to find it there."""
    fetched = _fetch_commit(url, ref, into)
    if fetched.succeeded:
        return git("rev-parse", "--verify", "FETCH_HEAD^{commit}", folder=into).or_refuse(f"{ref} is no commit")
    git("ls-remote", "--quiet", "--", url, folder=into).or_refuse(f"{url} can't be read")
    everything = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
    git("fetch", "--quiet", "--", url, *everything, folder=into).or_refuse(f"{url} can't be fetched")
    for name in (ref, f"refs/remotes/origin/{ref}"):
        found = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", folder=into)
        if found.succeeded:
            return found.text
    raise _unknown_ref(url, ref, into)


def _fetch_commit(source: str, name: str, into: Path) -> Answer:
    return git("fetch", "--quiet", "--depth=1", "--no-tags", "--", source, name, folder=into)


def _unknown_ref(source: str, ref: str, into: Path) -> ConfigError:
    listed = git("ls-remote", "--quiet", "--heads", "--tags", "--refs", "--", source, folder=into)
    names = [line.partition("\t")[2].split("/", 2)[2] for line in listed.text.splitlines()]
    some = ", ".join(names[:_SOME]) + (f" and {len(names) - _SOME} more" if len(names) > _SOME else "")
    return ConfigError(f"{source} has no branch, tag or commit {ref!r}; it has {some or 'none'}")


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
