"""Any Python text and number as something that every database can keep.

PostgreSQL refuses NUL characters and lone surrogates in text, and JSON knows neither infinity nor NaN; all of them occur
in patches, in what programs print and in intervals. They are written as a mark with four hexadecimal digits or with the
number's name; everything else stays as it is, readable and searchable in SQL.
"""

import math
import re

from core.errors import ConfigError

_MARK = "\N{SYMBOL FOR ESCAPE}"
_REFUSED = re.compile(f"[\x00\ud800-\udfff{_MARK}]")
_ESCAPED = re.compile(f"{_MARK}([0-9a-f]{{4}})")


def escape(text: str) -> str:
    """`text` without NUL characters and lone surrogates."""
    return _REFUSED.sub(lambda found: f"{_MARK}{ord(found[0]):04x}", text)


def unescape(text: str) -> str:
    """What `escape` was given."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def seal(value: object) -> object:
    """`value` as strict JSON that every database takes; ConfigError when it is no JSON value at all. A tuple becomes a list."""
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else f"{_MARK}{value}"
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {escape(key): seal(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [seal(item) for item in value]
    raise ConfigError(
        f"{value!r} can't be stored: an option is text, a number, true, false, none, or a list or table of these"
    )


def unseal(value: object) -> object:
    """What `seal` was given."""
    if isinstance(value, str):
        named = value.removeprefix(_MARK)
        return float(named) if value.startswith(_MARK) and named in {"inf", "-inf", "nan"} else unescape(value)
    if isinstance(value, dict):
        return {unescape(key): unseal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [unseal(item) for item in value]
    return value
