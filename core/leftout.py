"""What a smaller patch leaves out of a larger one, told from the texts of both."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core import patch as patches

_TRAILING_COMMA = re.compile(r",(?=[)\]}])")


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A change of the larger patch that the smaller one does not make, or makes in part."""

    path: str
    first: int
    """First line of the original that it is about; what only adds lines adds them after it."""
    last: int
    removed: int
    """Lines of the original that are kept now."""
    added: int
    """New lines that are not added now."""
    whole: bool
    """Whether nothing of the change is left."""
    formatting: bool
    """Whether, as far as the text tells, it changed nothing but comments, white space, quotes or line breaks."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """Consecutive changed lines."""

    path: str
    first: int
    removed: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def last(self) -> int:
        """The last line of the original that it is about."""
        return self.first + max(len(self.removed), 1) - 1


def left_out(larger: str, smaller: str) -> tuple[LeftOut, ...]:
    """The changes of `larger` that `smaller` lacks, by place. PatchError when one of them can't be read."""
    kept = list(changes(smaller)) if smaller else []
    return tuple(found for change in changes(larger) if (found := _left_out(change, kept)))


def changes(patch: str) -> Iterator[Change]:
    """Every run of changed lines in `patch`."""
    for change in patches.read(patch):
        for hunk in change.hunks:
            yield from _changes(change.path, hunk)


def _changes(path: str, hunk: patches.Hunk) -> Iterator[Change]:
    at = hunk.start if hunk.before else hunk.start + 1
    removed: list[str] = []
    added: list[str] = []
    for line in (*hunk.lines, " "):
        if line[0] != " ":
            (removed if line[0] == "-" else added).append(line[1:])
            continue
        if removed or added:
            first = at if removed else at - 1
            yield Change(path=path, first=first, removed=tuple(removed), added=tuple(added))
        at += len(removed) + 1
        removed, added = [], []


def _left_out(change: Change, kept: Sequence[Change]) -> LeftOut | None:
    near = [k for k in kept if k.path == change.path and k.first <= change.last + 1 and change.first <= k.last + 1]
    removed, added = (
        _lacking(change.removed, [k.removed for k in near]),
        _lacking(change.added, [k.added for k in near]),
    )
    if not removed and not added:
        return None
    return LeftOut(
        path=change.path,
        first=change.first,
        last=change.last,
        removed=len(removed),
        added=len(added),
        whole=len(removed) == len(change.removed) and len(added) == len(change.added),
        formatting=_squeezed(change.path, removed) == _squeezed(change.path, added),
    )


def _lacking(lines: Sequence[str], kept: Sequence[Sequence[str]]) -> list[str]:
    """Those of `lines` that are not kept, in their order."""
    have = Counter(line for some in kept for line in some)
    lacking = []
    for line in lines:
        if have[line]:
            have[line] -= 1
        else:
            lacking.append(line)
    return lacking


def _squeezed(path: str, lines: Sequence[str]) -> str:
    """What is left of `lines` without anything that is only there for the eye."""
    told = [line for line in lines if not (path.endswith(".py") and line.lstrip().startswith("#"))]
    text = "".join("".join(told).split())
    return _TRAILING_COMMA.sub("", text).replace("'", '"') if path.endswith(".py") else text


def in_words(larger: str, smaller: str) -> str:
    """What was left out as one phrase, such as `2 of 3 changes (a.py: lines 4, 10–12)`; empty where nothing was."""
    found = left_out(larger, smaller)
    number = sum(1 for _ in changes(larger))
    formatting = [each for each in found if each.formatting]
    rest = [each for each in found if not each.formatting]
    whole, partly = [each for each in rest if each.whole], [each for each in rest if not each.whole]
    lines = sum(each.removed + each.added for each in partly)
    phrases = [
        f"{len(whole)} of {number} changes ({_places(whole)})" if whole else "",
        f"{lines} {'line' if lines == 1 else 'lines'} of other changes ({_places(partly)})" if partly else "",
        f"formatting ({_places(formatting)})" if formatting else "",
    ]
    return ", ".join(phrase for phrase in phrases if phrase)


def _places(found: Sequence[LeftOut]) -> str:
    by_path: dict[str, list[str]] = {}
    for each in found:
        lines = f"{each.first}" if each.first == each.last else f"{each.first}–{each.last}"
        by_path.setdefault(each.path, []).append(lines)
    return "; ".join(
        f"{path}: {'line' if len(lines) == 1 and '–' not in lines[0] else 'lines'} {', '.join(lines)}"
        for path, lines in by_path.items()
    )
