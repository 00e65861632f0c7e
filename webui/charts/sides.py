"""A patch as two texts beside each other: the original's lines on the left, the changed ones on the right."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from core import patch as patches
from worker.report.patches import MOST_LINES
from worker.report.plain import visible_line

_CUT = f"# the first {MOST_LINES:,d} lines are shown; the downloaded patch has all"


@dataclass(frozen=True, kw_only=True)
class Sides:
    """One file's change; both texts have as many lines, so that they stay level."""

    title: str
    before: str
    after: str


def sides(patch: str) -> tuple[Sides, ...]:
    """One for each file; none where the patch can't be read."""
    try:
        return tuple(map(_of, patches.read(patch))) if patch.strip() else ()
    except patches.PatchError:
        return ()


def _of(change: patches.FileChange) -> Sides:
    every = (row for hunk in change.hunks for row in _rows(hunk))
    rows = list(islice(every, MOST_LINES))
    if next(every, None) is not None:
        rows.append((_CUT, _CUT))
    how = " (new file)" if change.created else " (deleted)" if change.deleted else ""
    return Sides(
        title=f"{change.path}{how}",
        before="\n".join(old for old, _ in rows),
        after="\n".join(new for _, new in rows),
    )


def _rows(hunk: patches.Hunk) -> Iterator[tuple[str, str]]:
    yield f"# line {hunk.start}", f"# line {hunk.start}"
    old: list[str] = []
    new: list[str] = []
    for line in hunk.lines:
        text = visible_line(line[1:].rstrip("\r\n"))
        if line[0] == " ":
            yield from _level(old, new)
            old, new = [], []
            yield f"  {text}", f"  {text}"
        else:
            (old if line[0] == "-" else new).append(f"{line[0]} {text}")
    yield from _level(old, new)


def _level(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    for at in range(max(len(old), len(new))):
        yield old[at] if at < len(old) else "", new[at] if at < len(new) else ""
