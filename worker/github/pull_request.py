"""A patch as a draft pull request of its own, on a branch whose name begins with perfsmith/."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.patch import PatchError, apply, read
from worker.github.checkout import content_of, tree_of
from worker.github.client import GitHub, NotAllowedError

SIGNATURE = "Proposed and measured by perfsmith."
"""How the messages of our commits end: a branch that ends at another one is somebody's, and stays as it is."""
_UNPROCESSABLE = 422


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a patch is to go."""

    measured: str
    """The commit that the patch was made for."""
    onto: str
    """The commit that it is put on: the end of `base`."""
    base: str
    """The branch that the pull request asks to be merged into."""
    branch: str
    """Ours."""


def fits(folder: Path, measured: str, onto: str, path: str) -> bool:
    """Whether a file is the same in both commits."""
    return content_of(folder, measured, path) == content_of(folder, onto, path)


def misfit(folder: Path, place: Place, patch: str) -> str:
    """A path for which the patch does not fit where it is to go; empty when it does."""
    return next((each.path for each in read(patch) if not fits(folder, place.measured, place.onto, each.path)), "")


def propose(github: GitHub, folder: Path, place: Place, patch: str, *, title: str, body: str) -> str:
    """Put the patch on our branch and open a draft pull request, or write the one that is open anew; its address.

    NotAllowedError where the token may not, or the patch does not fit.
    """
    try:
        path = misfit(folder, place, patch)
        if path:
            raise NotAllowedError(f"{place.base} has another {path} than the code that was measured", 0)
        tree = github.add_tree(tree_of(folder, place.onto), list(_entries(github, folder, place, patch)))
    except PatchError as error:
        raise NotAllowedError(f"the patch can't be put on {place.base}: {error}", 0) from error
    commit = github.add_commit(f"{title}\n\n{SIGNATURE}", tree, place.onto)
    github.set_branch(place.branch, commit, signature=SIGNATURE)
    for pull in github.open_pulls(place.branch):
        if pull["base"]["ref"] == place.base:
            return github.change_pull(int(pull["number"]), title=title, body=body)
    try:
        return github.add_pull(title=title, body=body, head=place.branch, base=place.base, draft=True)
    except NotAllowedError as error:
        if error.status != _UNPROCESSABLE or "draft" not in str(error).lower():
            raise
        # Some plans have no drafts.
        return github.add_pull(title=title, body=body, head=place.branch, base=place.base, draft=False)


def _entries(github: GitHub, folder: Path, place: Place, patch: str) -> Iterator[dict[str, object]]:
    """The changed files as GitHub stores them."""
    before = {each.path: found for each in read(patch) if (found := content_of(folder, place.onto, each.path))}
    after = apply(patch, {path: text for path, (_, text) in before.items()})
    for path, text in after.items():
        mode = before[path][0] if path in before else "100644"
        entry: dict[str, object] = {"path": path, "mode": mode, "type": "blob", "sha": None}
        if text is not None:
            content = text.encode("utf-8", "surrogateescape")
            entry["sha"] = github.add_blob(base64.b64encode(content).decode())
        yield entry
