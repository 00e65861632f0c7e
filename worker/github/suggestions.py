"""A patch as suggestions in a review: possible where it changes only lines that the pull request shows."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.patch import FileChange, Hunk, PatchError, read
from worker.github.checkout import Merge, content_of, diff_of
from worker.github.client import GitHub
from worker.github.markdown import fenced
from worker.github.pull_request import fits

_MARKER = "<!-- perfsmith:suggestions "
MOST = 30
"""A review of more comments is nobody's to read: the patch becomes a pull request then."""


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Lines of the pull request's head, and what should stand there."""

    path: str
    first: int
    last: int
    text: str


def suggestions_of(folder: Path, merge: Merge, patch: str) -> tuple[Suggestion, ...]:
    """The whole patch as suggestions; empty when a part of it is none: half a patch may be worse than none."""
    try:
        changes = read(patch)
        shown = {change.path: _shown(folder, merge, change.path) for change in changes}
    except PatchError:
        return ()
    if any(change.created or change.deleted or not _is_same(folder, merge, change.path) for change in changes):
        return ()
    found = [each for change in changes for each in _of_file(change)]
    fitting = all(any(a <= each.first and each.last <= b for a, b in shown[each.path]) for each in found)
    plain = all(_is_plain(each.text) for each in found)
    return tuple(found) if fitting and plain and len(found) <= MOST else ()


def _is_same(folder: Path, merge: Merge, path: str) -> bool:
    """Whether the head has the very file that the patch was made for."""
    return fits(folder, merge.sha, merge.head, path) and content_of(folder, merge.head, path) is not None


def _is_plain(text: str) -> bool:
    """Whether a comment can carry the text unchanged."""
    return "\r" not in text and text == text.encode("utf-8", "replace").decode()


def _shown(folder: Path, merge: Merge, path: str) -> list[tuple[int, int]]:
    """The ranges of the head's lines that the pull request shows of a file."""
    diff = diff_of(folder, merge, [path])
    if not diff.strip():
        return []
    (change,) = read(diff)
    ranges, growth = [], 0
    for hunk in change.hunks:
        first = max(1, hunk.start + growth)
        ranges.append((first, first + len(hunk.after) - 1))
        growth += hunk.growth
    return ranges


def _of_file(change: FileChange) -> Iterator[Suggestion]:
    for hunk in change.hunks:
        for first, old, new in _groups(hunk):
            yield Suggestion(path=change.path, first=first, last=first + len(old) - 1, text="".join(new))


def _groups(hunk: Hunk) -> Iterator[tuple[int, list[str], list[str]]]:
    """Each group of changed lines: the number of its first old line, the old lines (at least one), the new ones."""
    number, kept = hunk.start, ""
    first, old, new = number, list[str](), list[str]()
    for line in (*hunk.lines, " "):
        if line[0] == " ":
            if old:
                yield first, old, new
            elif new and kept:
                yield first - 1, [kept], [kept, *new]
            elif new:
                yield first, [line[1:]], [*new, line[1:]]
            old, new, kept = [], [], line[1:]
            number += 1
            first = number
            continue
        if line[0] == "-":
            old.append(line[1:])
            number += 1
        else:
            new.append(line[1:])


def suggest(github: GitHub, pull: int, head: str, found: Sequence[Suggestion], words: str) -> str:
    """Write the review; its address. Empty when we have written the very same one before."""
    digest = hashlib.sha256(repr(list(found)).encode()).hexdigest()[:16]
    marker = f"{_MARKER}{digest} -->"
    me = github.me()
    if any(review.author == me and review.body.startswith(marker) for review in github.reviews(pull)):
        return ""
    body = f"{marker}\n{words} The suggestions belong together: take all of them, or none."
    return github.add_review(pull, head, body, [_comment(each) for each in found])


def _comment(suggestion: Suggestion) -> dict[str, object]:
    body = fenced(suggestion.text, "suggestion", as_it_is=True)
    comment: dict[str, object] = {"path": suggestion.path, "line": suggestion.last, "side": "RIGHT", "body": body}
    if suggestion.first < suggestion.last:
        comment |= {"start_line": suggestion.first, "start_side": "RIGHT"}
    return comment
