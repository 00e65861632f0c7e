"""Cut a part of a patch at the borders of statements, so that single statements can be left out.

What is left out is put back to the original's lines. Statements of both sides that resemble each other are one part: an
edit. An added `raise` or `assert` stays with the statement after it: no comparison of costs would miss it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from agent.minimising.parts import Part
from agent.minimising.programs import Program
from core.patch import Hunk

ALIKE = 0.6
"""Statements whose words agree by this much are one statement before and after."""
MOST_STATEMENTS = 40
"""Of one side of a part; what has more is not cut."""
_WORD = re.compile(r"\w+|[^\w\s]")
_MOST_WORDS = 60
_GUARD = re.compile(r"\s*(raise|assert)\b")

Span = tuple[int, int]
Lines = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Edit:
    """Statements that are replaced, added or removed together."""

    removed: Lines
    added: Lines


def cut(part: Part, *, before: Program, after: Program, shift: int) -> list[Part]:
    """`part` in pieces that together do the same; itself where it can't be cut further.

    `before` and `after` are its file without and with the patch, and line n of the one is line n + `shift` of the other
    up to here.
    """
    if part.created or part.deleted or len(part.hunks) != 1:
        return [part]
    hunk = part.hunks[0]
    first = hunk.start if hunk.before else hunk.start + 1
    old, new = atoms(hunk.before, first, before.statements), atoms(hunk.after, first + shift, after.statements)
    if max(len(old), len(new)) > MOST_STATEMENTS:
        return [part]
    return list(_parts(part, first, list(_edits(old, new))))


def _parts(part: Part, first: int, edits: Sequence[Edit]) -> Iterator[Part]:
    for edit in edits:
        lines = [f"-{line}" for line in edit.removed] + [f"+{line}" for line in edit.added]
        start = first if edit.removed else first - 1
        if edit.removed != edit.added:
            yield replace(part, hunks=(Hunk(start=start, lines=tuple(lines)),))
        first += len(edit.removed)


def atoms(lines: Sequence[str], first: int, spans: Sequence[Span]) -> list[Lines]:
    """`lines`, of which the first is line `first` of its file, cut at the outermost statements that lie in them.

    A statement that fills them all is cut into its head and its body. Comments and blank lines go with what follows.
    """
    inside = [span for span in spans if first <= span[0] <= span[1] < first + len(lines)]
    borders = _borders(lines, first, _outermost(inside))
    if not borders and inside:
        whole = _outermost(inside)[0]
        borders = _borders(lines, first, _outermost([span for span in inside if span != whole]))
    ends = [0, *borders, len(lines)]
    return [tuple(lines[start:end]) for start, end in pairwise(ends) if start < end]


def _outermost(spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for span in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if not found or span[0] > found[-1][1]:
            found.append(span)
    return found


def _borders(lines: Sequence[str], first: int, spans: Sequence[Span]) -> list[int]:
    """Where to cut: before and after each statement, but with the comments above it."""
    borders = {last + 1 - first for _, last in spans}
    for start, _ in spans:
        at = start - first
        while at > 0 and lines[at - 1].strip()[:1] in {"", "#"}:
            at -= 1
        borders.add(at)
    return sorted(borders - {0, len(lines)})


def _edits(old: Sequence[Lines], new: Sequence[Lines]) -> Iterator[Edit]:
    """What happens to the statements, in their order; what resembles nothing is a replacement of what is beside it."""
    at = upto = 0
    for one, other in [*_pairs(old, new), (len(old), len(new))]:
        yield from _replacement(old[at:one], _with_guards(new[upto:other]))
        if one < len(old):
            yield Edit(removed=old[one], added=new[other])
        at, upto = one + 1, other + 1


def _replacement(old: Sequence[Lines], new: Sequence[Lines]) -> Iterator[Edit]:
    """What is removed goes with the new statement that is most like it: alone, one of the two would be left in vain."""
    removed = tuple(line for lines in old for line in lines)
    if not new:
        yield from (Edit(removed=lines, added=()) for lines in old)
        return
    words = _words(removed)
    partner = max(range(len(new)), key=lambda number: (_likeness(words, _words(new[number])), number))
    yield from (Edit(removed=removed if number == partner else (), added=lines) for number, lines in enumerate(new))


def _with_guards(added: Sequence[Lines]) -> list[Lines]:
    """`added` with each statement that refuses something joined to the one after it, or before it at the end."""
    joined: list[Lines] = []
    for lines in added:
        if joined and any(map(_GUARD.match, joined[-1])):
            joined[-1] += lines
        else:
            joined.append(lines)
    if len(joined) > 1 and any(map(_GUARD.match, added[-1])):
        joined[-2:] = [joined[-2] + joined[-1]]
    return joined


def _pairs(old: Sequence[Lines], new: Sequence[Lines]) -> list[tuple[int, int]]:
    """The numbers of statements that resemble each other, in order on both sides, with the greatest likeness in all."""
    words = [[_words(lines) for lines in side] for side in (old, new)]
    best: list[list[tuple[float, list[tuple[int, int]]]]] = [[(0.0, [])] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, one in enumerate(words[0]):
        for j, other in enumerate(words[1]):
            likeness = _likeness(one, other)
            likeness_before, pairs = best[i][j]
            taken = [(likeness_before + likeness, [*pairs, (i, j)])] if likeness >= ALIKE else []
            best[i + 1][j + 1] = max([best[i][j + 1], best[i + 1][j], *taken], key=lambda found: found[0])
    return best[-1][-1][1]


def _words(lines: Lines) -> list[str]:
    return _WORD.findall("".join(lines))[:_MOST_WORDS]


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
