"""What a database's errors mean to the people who run it."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from core.errors import StoreError

_REASONS = {
    "SQLITE_BUSY": "another process holds the database; try again when it has finished, or add ?timeout=SECONDS to the URL",
    "SQLITE_LOCKED": "another connection holds the database; try again when it has finished",
    "SQLITE_READONLY": "the file or its folder is read-only; make both writable or name another database",
    "SQLITE_CANTOPEN": "the file can't be opened; its folder must exist and be writable",
    "SQLITE_NOTADB": "the file is not a SQLite database; name another one",
    "SQLITE_CORRUPT": "the database is damaged; restore it from a backup or name another one",
    "SQLITE_FULL": "the disk is full; free some space",
    "SQLITE_IOERR": "the disk can't be read or written",
    "SQLITE_TOOBIG": "a text is too long for the database",
}
"""By the start of SQLite's name for the error."""
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, zlib.error)
"""What stored words and forms of another release, or of nobody's, lead to when they are read."""


def place_of(url: URL) -> str:
    """The database for people, without its password."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.render_as_string(hide_password=True)


@contextmanager
def explained(url: URL, *, refused: str = "") -> Iterator[None]:
    """Turns the errors of SQLAlchemy into StoreError; `refused` says what it means when a constraint is violated."""
    place = place_of(url)
    try:
        yield
    except IntegrityError as error:
        raise StoreError(f"{place}: {refused or _words(error)}") from error.orig
    except DBAPIError as error:
        raise StoreError(f"{place}: {_reason(error)}") from error.orig
    except StatementError as error:
        raise StoreError(f"{place}: {error.orig}") from error.orig
    except SQLAlchemyError as error:
        raise StoreError(f"{place}: {error}") from None
    except OverflowError as error:
        raise StoreError(f"{place}: a whole number needs more than 64 bits") from error


@contextmanager
def understood(url: URL, what: str) -> Iterator[None]:
    """StoreError for stored words and forms that this release doesn't know."""
    try:
        yield
    except UNREADABLE as error:
        raise StoreError(
            f"{place_of(url)}: {what} holds something this release of perfsmith can't read: {error}"
        ) from error


def _reason(error: DBAPIError) -> str:
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    return next((reason for start, reason in _REASONS.items() if name.startswith(start)), _words(error))


def _words(error: DBAPIError) -> str:
    """The driver's own first line: without the statement and its values."""
    return next(iter(str(error.orig).splitlines()), "no reason given")
