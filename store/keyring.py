"""Tokens by the digest of their secret, and what their owners have spent."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from core.access import Scope, Token
from core.errors import ConfigError
from store.committing import committed
from store.engine import now_of, reading, writing
from store.service_tables import TokenRow


@dataclass(frozen=True, kw_only=True)
class SqlKeyring:
    """Satisfies `core.service.Keyring`."""

    engine: Engine

    def add(self, token: Token) -> None:
        """Keep a new token; ConfigError when a valid one has this name."""
        with writing(self.engine, refused="there is a token with this secret") as session:
            if _valid(session, token.name):
                raise ConfigError(f"there is a valid token {token.name!r}; revoke it first, or take another name")
            session.execute(insert(TokenRow).values(**{**asdict(token), "scope": token.scope.value}))

    def find(self, digest: str) -> Token | None:
        """The token whose secret has this digest, valid or not."""
        with reading(self.engine) as session:
            row = session.get(TokenRow, digest)
            return None if row is None else _token_of(row)

    def tokens(self) -> tuple[Token, ...]:
        """All of them, by name, the newest of a name first."""
        with reading(self.engine) as session:
            rows = session.scalars(select(TokenRow).order_by(TokenRow.name, TokenRow.created_at.desc()))
            return tuple(_token_of(row) for row in rows)

    def revoke(self, name: str) -> None:
        """End the valid token of this name at once; ConfigError when there is none."""
        with writing(self.engine, refused="the token can't be revoked") as session:
            rows = _valid(session, name)
            if not rows:
                raise ConfigError(f"there is no valid token {name!r}")
            for row in rows:
                row.revoked_at = now_of(session)

    def committed(self, owner: str, since: datetime) -> float:
        """Dollars that the owner's runs have cost since then, and may still cost."""
        with reading(self.engine) as session:
            return committed(session, owner, since)


def _valid(session: Session, name: str) -> list[TokenRow]:
    """The tokens of this name that are good now."""
    now = now_of(session)
    rows = session.scalars(select(TokenRow).filter_by(name=name))
    return [row for row in rows if not _token_of(row).problem_at(now)]


def _token_of(row: TokenRow) -> Token:
    return Token(
        name=row.name,
        digest=row.digest,
        scope=Scope(row.scope),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        requests_per_minute=row.requests_per_minute,
        dollars_per_day=row.dollars_per_day,
    )
