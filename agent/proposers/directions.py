"""Kinds of change to try one after the other: as a model names them, or the fixed list of those that pay off most."""

import re
from collections.abc import Iterable

KINDS = (
    "a better algorithm: do fewer steps as the input grows",
    "a better data structure: faster lookups, membership tests or appends",
    "avoid work: hoist what is repeated, stop early, drop copies and temporary lists",
    "a library call: let built-ins or the standard library do a Python loop's work",
    "cheaper steps in the hottest loop: local names, comprehensions, fewer calls and attribute lookups",
)

_ITEM = re.compile(r"\s*(?:\d+\s*[.):]|[-*•])\s+(\S.*)")
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_WRAPPED = re.compile(r"(\*\*|`)(?P<inside>(?:(?!\1).)+)\1")
_LONGEST = 240


def read(answer: str, *, most: int, used: Iterable[str]) -> list[str]:
    """The directions that a numbered or bulleted list names, less those in `used`; the fixed list when it is no list."""
    items = [match[1] for line in _THOUGHT.sub("", answer).splitlines() if (match := _ITEM.fullmatch(line))]
    named = [" ".join(_bare(item).split())[:_LONGEST] for item in items]
    known = {direction.casefold() for direction in used}
    fresh = {name.casefold(): name for name in named or KINDS if name.casefold() not in known}
    return list(fresh.values())[:most]


def _bare(item: str) -> str:
    """`item` without what makes all of it bold or code; other signs may be code that it quotes."""
    wrapped = _WRAPPED.fullmatch(item.strip())
    return wrapped["inside"] if wrapped else item
