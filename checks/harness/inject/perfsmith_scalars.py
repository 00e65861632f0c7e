"""Numbers, texts and bytes as bytes, exactly."""

from __future__ import annotations

import struct
from typing import Any

_QUICK = frozenset({int, float, str, bool, type(None)})
"""Types whose repr is exact and can't be mistaken for another's."""


def scalar_of(value: Any) -> bytes:
    """Exact type and value of a number, a text or bytes."""
    kind = type(value)
    name = kind.__name__.encode()
    if kind is float:
        return name + _float(value)
    if kind is complex:
        return name + _float(value.real) + _float(value.imag)
    if kind is int:
        return name + hex(value).encode()
    if kind is str:
        return name + b":" + value.encode("utf-8", "surrogatepass")
    if kind in (bytes, bytearray):
        return name + b":" + bytes(value)
    return name + repr(value).encode()


def _float(value: Any) -> bytes:
    return b"nan" if value != value else struct.pack(">d", value)  # noqa: PLR0124 - only NaN differs from itself


def plain_of(value: Any) -> Any:
    """The builtin value of an object of a subclass, whatever its own methods say."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bytes):
        return bytes.__add__(b"", value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    return complex.__add__(value, 0j) if isinstance(value, complex) else bytearray.__add__(bytearray(), value)


def quick_text_of(part: list[Any]) -> bytes | None:
    """The text of elements that are all plain; None when some are not. Most of what is large looks like this."""
    if not set(map(type, part)) <= _QUICK:
        return None
    try:
        return repr(part).encode("utf-8", "surrogatepass")
    except ValueError:  # an integer of more digits than Python likes to print
        return None
