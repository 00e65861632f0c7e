"""From what an event wants and what a checkout holds to the request that a worker understands."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from pathspec import GitIgnoreSpec

from core.errors import ConfigError
from sandbox.repository import materialise, paths_of
from worker.github.checkout import Merge, changed, deleted, diff_of
from worker.github.events import Task, Wanted
from worker.problem.configuration import problem_of
from worker.submit import Request

MOST_FILES = 50
"""That one run may be told to look at."""
_SPECIAL = "\\*?[]!# "


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request, and what of a pull request it does not cover."""

    request: Request
    left_out: tuple[str, ...] = ()


def asked_of(wanted: Wanted, usual: Request, folder: Path, *, sha: str, merge: Merge | None) -> Asked | None:
    """The request for what is `wanted`, made from the `usual` one; None when there is nothing to do.

    ConfigError when the repository's configuration is at fault, or a path names nothing.
    """
    if wanted.task is Task.JUDGE and merge is not None:
        return _judging(usual, folder, merge)
    at_commit = replace(usual, repository=str(folder), ref=sha)
    if wanted.task is Task.OPTIMIZE_TOUCHED and merge is not None:
        lines = changed(folder, merge)
        touched = sorted(_editable(at_commit, lines), key=lambda path: -lines[path])
        left_out = tuple(touched[MOST_FILES:])
        return Asked(request=_only(at_commit, touched[:MOST_FILES]), left_out=left_out) if touched else None
    if wanted.task is Task.OPTIMIZE_PATH:
        return Asked(request=_only(at_commit, _below(at_commit, wanted.path)))
    return Asked(request=at_commit)


def _judging(usual: Request, folder: Path, merge: Merge) -> Asked | None:
    """The base, with what the pull request changes in editable files as the patch.

    The rest (tests, configuration, documentation) may not be edited by anything that is judged; it is named.
    """
    base = replace(usual, repository=str(folder), ref=merge.base)
    paths = [*changed(folder, merge), *deleted(folder, merge)]
    judged = _editable(base, paths)
    left_out = tuple(path for path in paths if path not in set(judged))
    if not judged:
        return None
    request = replace(base, proposers=(), patch=diff_of(folder, merge, judged))
    return Asked(request=request, left_out=left_out)


def _editable(request: Request, paths: Iterable[str]) -> list[str]:
    """Those of `paths` that the repository's configuration, or the flags, let a candidate edit."""
    spec = GitIgnoreSpec.from_lines(_problem_globs(request)[0])
    return [path for path in paths if spec.match_file(path)]


def _below(request: Request, path: str) -> list[str]:
    globs, there = _problem_globs(request)
    spec = GitIgnoreSpec.from_lines(globs)
    found = sorted(each for each in there if (each == path or each.startswith(f"{path}/")) and spec.match_file(each))
    if not found:
        raise ConfigError(
            f"{path!r} is no file or folder with code that may be edited; the globs are {', '.join(globs[:10])}"
        )
    if len(found) > MOST_FILES:
        raise ConfigError(f"{path!r} holds {len(found)} editable files; name a folder with at most {MOST_FILES}")
    return found


def _problem_globs(request: Request) -> tuple[tuple[str, ...], frozenset[str]]:
    """The globs of the problem, and the paths that there are."""
    with tempfile.TemporaryDirectory(prefix="perfsmith-") as scratch:
        tree = Path(scratch) / "tree"
        made = materialise(request.repository, request.ref, tree)
        problem = problem_of(tree, repository=request.repository, revision=made.revision, flags=request.flags)
        return problem.editable, paths_of(tree)


def _only(request: Request, paths: Iterable[str]) -> Request:
    """The request for these files alone, each as a glob that fits nothing else."""
    return replace(request, flags=replace(request.flags, editable=[f"/{_escaped(path)}" for path in paths]))


def _escaped(path: str) -> str:
    return "".join(f"\\{character}" if character in _SPECIAL else character for character in path)
