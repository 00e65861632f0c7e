"""Hands a confirmed patch over on GitHub: as suggestions, else as a pull request. What GitHub refuses is told, not raised."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from worker.github.checkout import Merge
from worker.github.client import GitHub, NotAllowedError
from worker.github.events import BRANCHES, PullRequest
from worker.github.markdown import code
from worker.github.pull_request import Place, propose
from worker.github.suggestions import suggest, suggestions_of


class Delivery(StrEnum):
    """How a patch is handed over."""

    AUTO = "auto"
    """As suggestions where it fits into the pull request's lines, else as a pull request of its own."""
    SUGGESTIONS = "suggestions"
    PULL_REQUEST = "pull-request"
    NONE = "none"
    """Only as files, in the summary and in the comment."""


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What became of a patch."""

    notes: tuple[str, ...] = ()
    """For people, in Markdown."""
    address: str = ""
    """Where it is now."""
    is_there: bool = False


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A patch, and where it may go."""

    patch: str
    title: str
    body: str
    folder: Path
    """The checkout."""
    sha: str
    """The commit that the patch was made for."""
    branch: str
    """The branch that this is; empty for none."""
    pull: PullRequest | None
    merge: Merge | None
    """What a pull request is tried as, where that is what was measured."""


def deliver(github: GitHub, parcel: Parcel, how: Delivery) -> Delivered:
    """Hand the patch over. NoAnswerError when GitHub does not say whether it was: handing it over again does no harm."""
    if how is Delivery.NONE:
        return Delivered()
    suggested = _suggested(github, parcel) if how is not Delivery.PULL_REQUEST else Delivered()
    if suggested.is_there or how is Delivery.SUGGESTIONS:
        return suggested
    return _proposed(github, parcel, suggested.notes)


def _suggested(github: GitHub, parcel: Parcel) -> Delivered:
    pull, merge = parcel.pull, parcel.merge
    found = suggestions_of(parcel.folder, merge, parcel.patch) if pull and merge else ()
    if pull is None or not found:
        return Delivered(notes=("the patch does not fit into the lines of a pull request, so it is no suggestion",))
    try:
        address = suggest(github, pull.number, pull.head_sha, found, f"{parcel.title}.")
    except NotAllowedError as error:
        return Delivered(notes=(f"no suggestions could be made: {code(str(error))}",))
    return Delivered(notes=("the patch is in the suggestions of a review",), address=address, is_there=True)


def _proposed(github: GitHub, parcel: Parcel, notes: Sequence[str]) -> Delivered:
    place = _place(parcel)
    if place is None:
        return Delivered(notes=(*notes, "this is no branch to put the patch on"))
    try:
        address = propose(github, parcel.folder, place, parcel.patch, title=parcel.title, body=parcel.body)
    except NotAllowedError as error:
        return Delivered(notes=(*notes, f"no pull request could be made: {code(str(error))}"))
    return Delivered(notes=(f"the patch is [a pull request of its own]({address})",), address=address, is_there=True)


def _place(parcel: Parcel) -> Place | None:
    pull = parcel.pull
    if pull:
        branch = f"{BRANCHES}pr-{pull.number}"
        return Place(measured=parcel.sha, onto=pull.head_sha, base=pull.head_branch, branch=branch)
    if not parcel.branch or parcel.branch.startswith(BRANCHES):
        return None
    return Place(measured=parcel.sha, onto=parcel.sha, base=parcel.branch, branch=f"{BRANCHES}{parcel.branch}")
