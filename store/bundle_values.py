"""The values of a bundle: JSON's own where it has any.

Text and numbers are written as in `store.escaping`, times in ISO 8601 with their time zone, bytes in base 64, and what is
JSON in its column as it is there.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Integer, LargeBinary, String
from sqlalchemy.types import TypeEngine

from core.errors import ConfigError
from store.columns import FreeText, Moment, Real
from store.escaping import seal, unseal

_BIGGEST = 2**63


def written(value: object) -> object:
    """A column's value as JSON."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, dict) else seal(value)


def read(value: object, column: Column[Any]) -> object:
    """What `written` was given; ConfigError for what the column can't hold."""
    word, reader = next((word, reader) for kind, word, reader in _READERS if isinstance(column.type, kind))
    try:
        if value is not None:
            return reader(value, column)
        if column.nullable:
            return None
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        pass
    shown = f"{value!r:.80}"
    raise ConfigError(f"the bundle has {shown} as {column.table.name}.{column.name}, which is no {word}")


def _text(value: Any, column: Column[Any]) -> str:
    text = unseal(value)
    length = getattr(column.type, "length", None)
    if not isinstance(text, str) or (length is not None and len(text) > length):
        raise TypeError
    return text


def _whole(value: Any, _: Column[Any]) -> int:
    if type(value) is not int or not -_BIGGEST <= value < _BIGGEST:
        raise TypeError
    return value


def _real(value: Any, _: Column[Any]) -> float:
    number = unseal(value)
    if type(number) not in {int, float}:
        raise TypeError
    return float(number)  # type: ignore[arg-type]  # the line above says so


def _flag(value: Any, _: Column[Any]) -> bool:
    if type(value) is not bool:
        raise TypeError
    return value


def _moment(value: Any, _: Column[Any]) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


def _packed(value: Any, _: Column[Any]) -> bytes:
    return b64decode(value, validate=True)


def _form(value: Any, _: Column[Any]) -> Mapping[str, Any]:
    """As `store.forms` writes it, and not in any other way that reads the same."""
    if not isinstance(value, dict) or seal(unseal(value)) != value:
        raise TypeError
    return value


_READERS: tuple[tuple[type[TypeEngine[Any]], str, Callable[[Any, Column[Any]], object]], ...] = (
    (FreeText, "text", _text),
    (String, "text", _text),
    (Boolean, "flag", _flag),
    (Integer, "whole number", _whole),
    (Real, "number", _real),
    (Moment, "time with its zone", _moment),
    (LargeBinary, "base 64", _packed),
    (JSON, "form", _form),
)
"""How the values of each type of column are read, and what to call them."""
