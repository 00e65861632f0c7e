"""Tokens: made with a secret that is shown once, and told from each other by a digest of it."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.access import Scope, Token
from core.errors import ConfigError
from core.queue import LOCAL

START = "ps_"
"""How every secret begins, so that scanners for leaked secrets know it."""
SECRET_BYTES = 32
REQUESTS_PER_MINUTE = 120
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_TAKEN = (LOCAL, "public")


@dataclass(frozen=True, kw_only=True)
class Minted:
    """A new token, with the only copy of its secret."""

    token: Token
    secret: str


def mint(
    name: str,
    scope: Scope,
    *,
    expires_in: timedelta | None,
    requests_per_minute: int = REQUESTS_PER_MINUTE,
    dollars_per_day: float | None = None,
) -> Minted:
    """A new token; ConfigError for a name that nobody can have."""
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise ConfigError(
            f"{name!r} is no name for a token; good ones have 1 to 64 letters, digits, dots, dashes, underscores and @, "
            f"and are not {' or '.join(_TAKEN)}"
        )
    secret = START + secrets.token_urlsafe(SECRET_BYTES)
    now = datetime.now(UTC)
    token = Token(
        name=name,
        digest=digest_of(secret),
        scope=scope,
        created_at=now,
        expires_at=None if expires_in is None else now + expires_in,
        requests_per_minute=requests_per_minute,
        dollars_per_day=dollars_per_day,
    )
    return Minted(token=token, secret=secret)


def digest_of(secret: str) -> str:
    """How a secret is kept."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
