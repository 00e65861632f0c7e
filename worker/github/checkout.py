"""The checkout that a workflow works in: which commits there are, what a pull request changes. Nothing in it is run."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError
from sandbox.extent import Limits
from sandbox.git import Watch, git
from worker.github.client import NoAnswerError

PROTOCOLS = "https:ssh:file"
"""How the checkout's own origin may be reached."""
_MERGE = 2
_MISSING = ("couldn't find remote ref", "not our ref")
"""What git says of something that is not there, by its name or by its id."""
_FINAL = ("fsck", "error: 401", "error: 403", "error: 404", "not found", "denied", "Authentication failed")
"""What it says where trying again would end in the same way."""
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Merge:
    """The commit that GitHub makes of a pull request and its base, to try it."""

    sha: str
    base: str
    """Its first parent: the base branch as it is now."""
    head: str
    """Its second parent: the pull request's head."""


class MissingError(ConfigError):
    """The checkout's origin has nothing of this name."""


def fetch(folder: Path, name: str, *, depth: int, limits: Limits | None = None) -> None:
    """Have what the origin calls `name`, a ref or a commit, as FETCH_HEAD, with `depth - 1` generations of its parents.

    MissingError when it has none, ConfigError when that is more than `limits` allow, NoAnswerError when it can't be reached.
    """
    watch = Watch.over(folder, limits) if limits else None
    options = ("--quiet", "--no-tags", f"--depth={depth}")
    fetched = git("fetch", *options, "--", "origin", name, folder=folder, protocol=PROTOCOLS, watch=watch)
    if fetched.succeeded:
        return
    if any(words in fetched.complaint for words in _MISSING):
        raise MissingError(f"the origin of the checkout has no {name}: {fetched.complaint}")
    is_too_large = limits is not None and fetched.complaint == limits.too_large
    if is_too_large or any(words in fetched.complaint for words in _FINAL):
        raise ConfigError(f"{name} can't be fetched: {fetched.complaint}")
    raise NoAnswerError(f"{name} can't be fetched: {fetched.complaint}")


def require_commit(folder: Path, sha: str, *, depth: int = 1, limits: Limits | None = None) -> None:
    """Have this commit, and `depth - 1` generations of its parents, in the checkout; the errors of `fetch`. ConfigError where
    `sha` is no full id: it may come from anybody, and git would take it for an option.
    """
    if not _COMMIT.fullmatch(sha):
        raise ConfigError(f"{sha[:80]!r} is no full id of a commit")
    have = git("rev-list", f"--max-count={depth}", "--first-parent", sha, "--", folder=folder)
    if not have.succeeded or len(have.text.split()) < depth:
        fetch(folder, sha, depth=depth, limits=limits)


def merge_of(folder: Path, sha: str) -> Merge:
    """The merge that a workflow for a pull request works on. ConfigError when `sha` is none."""
    require_commit(folder, sha, depth=2)
    parents = git("rev-parse", f"{sha}^@", folder=folder).or_refuse(f"the commit {sha} can't be read").split()
    if len(parents) != _MERGE:
        raise ConfigError(
            f"{sha} is no merge of a pull request with its base; leave `ref` of actions/checkout as it is"
        )
    return Merge(sha=sha, base=parents[0], head=parents[1])


def head_of(folder: Path) -> str:
    """The commit that is checked out."""
    return git("rev-parse", "--verify", "HEAD^{commit}", folder=folder).or_refuse(f"{folder} is no checkout")


def changed(folder: Path, merge: Merge) -> dict[str, int]:
    """The paths that the pull request changes or adds, with how many lines; binary files have none."""
    options = ("--numstat", "-z", "--no-renames", "--diff-filter=d", "--no-ext-diff", "--no-textconv")
    text = git("diff", *options, merge.base, merge.sha, folder=folder).or_refuse(
        "what the pull request changes can't be read"
    )
    counted = [entry.split("\t", 2) for entry in text.split("\0") if entry]
    return {path: _count(added) + _count(removed) for added, removed, path in counted}


def deleted(folder: Path, merge: Merge) -> list[str]:
    """The paths that the pull request deletes."""
    options = ("--name-only", "-z", "--no-renames", "--diff-filter=D")
    text = git("diff", *options, merge.base, merge.sha, folder=folder).or_refuse(
        "what the pull request deletes can't be read"
    )
    return [path for path in text.split("\0") if path]


def diff_of(folder: Path, merge: Merge, paths: Sequence[str]) -> str:
    """What the pull request changes in these files, as a patch."""
    options = (
        "--no-color",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--unified=3",
        "--src-prefix=a/",
        "--dst-prefix=b/",
    )
    places = [f":(literal,top){path}" for path in paths]
    answer = git("diff", *options, merge.base, merge.sha, "--", *places, folder=folder)
    answer.or_refuse("the pull request's changes can't be read")
    return answer.output.decode("utf-8", "surrogateescape")


def content_of(folder: Path, sha: str, path: str) -> tuple[str, str] | None:
    """The mode and the text of a file in a commit; None when there is none."""
    listed = git("ls-tree", "-z", sha, "--", f":(literal,top){path}", folder=folder)
    if not listed.succeeded or not listed.output:
        return None
    mode, _, identity = os.fsdecode(listed.output).partition("\t")[0].split(" ")
    answer = git("cat-file", "blob", identity, folder=folder)
    answer.or_refuse(f"{path} can't be read")
    return mode, answer.output.decode("utf-8", "surrogateescape")


def tree_of(folder: Path, sha: str) -> str:
    """The id of a commit's root folder."""
    return git("rev-parse", f"{sha}^{{tree}}", folder=folder).or_refuse(f"the commit {sha} can't be read")


def _count(number: str) -> int:
    return int(number) if number.isdigit() else 0
