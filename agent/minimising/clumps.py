"""Parts of a patch that look as if they only work together, so that they are left out together first.

A guess from the text: where it is wrong, some comparisons are spent in vain, since parts are tried one by one later.
"""

import builtins
import keyword
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from agent.minimising.parts import Part

_NOT_CODE = re.compile(r"#.*|\"[^\"\n]*\"|'[^'\n]*'")
_NAME = re.compile(r"[^\W\d]\w*")
_EVERYWHERE = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "self", "cls"}
_SHORTEST_MOVED = 4
"""Lines with fewer characters, such as `]` or `x`, say nothing about where they came from."""


def clumps(parts: Sequence[Part], sources: Mapping[str, str]) -> list[list[int]]:
    """The numbers of `parts` that share a name which is new to the files, or between which a line moved."""
    groups = {number: [number] for number in range(len(parts))}
    for tied in _ties(parts, sources).values():
        for other in tied[1:]:
            _join(groups, tied[0], other)
    return sorted({id(group): sorted(group) for group in groups.values()}.values())


def _join(groups: dict[int, list[int]], one: int, other: int) -> None:
    if groups[one] is groups[other]:
        return
    groups[one].extend(groups[other])
    for number in groups[other]:
        groups[number] = groups[one]


def _ties(parts: Sequence[Part], sources: Mapping[str, str]) -> dict[str, list[int]]:
    """The parts that have each new name or moved line."""
    old = {name for path in {part.path for part in parts} for name in _NAME.findall(sources.get(path, ""))}
    removed = {line for part in parts for line in _lines(part, "-")}
    tied: dict[str, list[int]] = defaultdict(list)
    for number, part in enumerate(parts):
        names = {name for line in _lines(part, "+") for name in _NAME.findall(_NOT_CODE.sub("", line))}
        for new in names - old - _EVERYWHERE:
            tied[new].append(number)
        moved = {line for sign in "+-" for line in _lines(part, sign) if len(line) >= _SHORTEST_MOVED}
        for line in moved & removed:
            tied[f"line {line}"].append(number)
    return tied


def _lines(part: Part, sign: str) -> Iterator[str]:
    return (line[1:].strip() for hunk in part.hunks for line in hunk.lines if line[0] == sign)
