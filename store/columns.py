"""Column types that give back exactly what they were given, on every database."""

import math
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Double, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from store.escaping import escape, unescape


class FreeText(TypeDecorator[str]):
    """Any text, also with NUL characters and lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 SQLAlchemy's signature
        """What the database keeps."""
        return None if value is None else escape(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 as above
        """What was stored."""
        return None if value is None else unescape(value)


class Real(TypeDecorator[float]):
    """Any float, also infinity and NaN."""

    impl = Double
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[float | None], float | str | None] | None:
        """SQLite would turn NaN into NULL, but keeps text that is no number in any column. Not `process_bind_param`:
        Double would make the text a number again.
        """
        return _nan_as_text if dialect.name == "sqlite" else None

    def process_result_value(self, value: float | str | None, dialect: Dialect) -> float | None:  # noqa: ARG002 as above
        """What was stored."""
        return None if value is None else float(value)


def _nan_as_text(value: float | None) -> float | str | None:
    return "nan" if value is not None and math.isnan(value) else value


class Moment(TypeDecorator[datetime]):
    """A time with its time zone, kept and given back as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite has no time zones: there it is UTC without saying so."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the time {value} has no time zone; give one, such as UTC")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 as above
        """What was stored."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


SERIAL: TypeEngine[int] = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column that is called INTEGER."""
BY_CHARACTER = FreeText().with_variant(FreeText(collation="C"), "postgresql")
"""Sorted by code points, so that what begins with a text is a range, whatever language the database sorts by."""
