"""Reads what a process under test wrote. Everything is checked: type, size, number, text; what is odd is MalformedError."""

import json
import math
from collections.abc import Mapping, Sequence

from core.execution import Layout

_LARGEST_FILE = 64 * 2**20
_LONGEST_TEXT = 1000
_LARGEST_AMOUNT = 1e18


class MalformedError(ValueError):
    """A report that its harness would not have written; profilers then have no profile."""


def load(data: bytes) -> Mapping[str, object]:
    """The JSON object in `data`."""
    if len(data) > _LARGEST_FILE:
        raise MalformedError(f"{len(data)} bytes are too many")
    try:
        return mapping(json.loads(data))
    except (ValueError, RecursionError) as error:
        raise MalformedError("no JSON object") from error


def mapping(value: object) -> Mapping[str, object]:
    """`value` as an object."""
    if not isinstance(value, dict):
        raise MalformedError("not an object")
    return value


def items(value: object, *, most: int) -> Sequence[object]:
    """`value` as a list of at most `most` entries."""
    if not isinstance(value, list) or len(value) > most:
        raise MalformedError(f"not a list of at most {most}")
    return value


def text(value: object) -> str:
    """`value` as text that is safe to print, store and show."""
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise MalformedError(f"not a text of at most {_LONGEST_TEXT} characters")
    return "".join(character if character.isprintable() else "?" for character in value)


def amount(value: object) -> float:
    """`value` as a number from 0 upwards."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LARGEST_AMOUNT:
        raise MalformedError("not an amount")
    if not math.isfinite(value):
        raise MalformedError("not finite")
    return float(value)


def count(value: object) -> int:
    """`value` as a whole number from 0 upwards."""
    if not isinstance(value, int):
        raise MalformedError("not a count")
    return int(amount(value))


def share(part: float, whole: float) -> float:
    """`part` of `whole`, from 0 to 1."""
    if whole <= 0:
        raise MalformedError("a share of nothing")
    return min(1.0, part / whole)


def path(layout: Layout, value: object) -> str:
    """A path relative to the repository where it is inside; others as they are."""
    return text(value).removeprefix(f"{layout.repo}/")


def is_ours(layout: Layout, where: str) -> bool:
    """Whether a path belongs to perfsmith's harnesses, which are nobody's hotspot."""
    return where.startswith(f"{layout.tools}/")
