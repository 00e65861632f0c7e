"""Reads what a process of the sandbox wrote about calls. Everything is checked; what is odd is MalformedError."""

import json
from collections.abc import Iterator

_LONGEST_TEXT = 400
_MOST_LINES = 100_000
_LARGEST = 1 << 63
"""Beyond any number of things or seconds."""


class MalformedError(ValueError):
    """Something that our own harness would not have written."""


def lines(data: bytes) -> Iterator[dict[str, object]]:
    """The JSON objects in `data`, one a line. MalformedError when a line is none."""
    for number, line in enumerate(data.splitlines()):
        if number >= _MOST_LINES:
            raise MalformedError("too many lines")
        try:
            value = json.loads(line)
        except (ValueError, RecursionError, MemoryError) as error:
            raise MalformedError("not JSON") from error
        if not isinstance(value, dict):
            raise MalformedError("not an object")
        yield value


def text(value: object) -> str:
    """`value` as text."""
    if not isinstance(value, str):
        raise MalformedError("not a text")
    return value


def shown(value: str, most: int = _LONGEST_TEXT) -> str:
    """`value` as a short text that is safe to print, store and show."""
    plain = "".join(character if character.isprintable() else "�" for character in value[: most + 1])
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def count(value: object) -> int:
    """`value` as a number of things."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise MalformedError("not a count")
    return value


def seconds(value: object) -> float:
    """`value` as a time."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST:
        raise MalformedError("not a time")
    return max(0.0, float(value))


def texts(value: object, *, most: int) -> tuple[str, ...]:
    """`value` as a list of at most `most` texts."""
    if not isinstance(value, list) or len(value) > most:
        raise MalformedError("not a list of texts")
    return tuple(text(each) for each in value)


def counts(value: object, *, most: int) -> tuple[int, ...]:
    """`value` as a list of at most `most` numbers of things."""
    if not isinstance(value, list) or len(value) > most:
        raise MalformedError("not a list of counts")
    return tuple(count(each) for each in value)
