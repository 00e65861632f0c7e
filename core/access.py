"""Who may do what over the network: tokens, their scopes and their limits."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """What a token is good for. Each allows what the one before does."""

    READ = "read"
    SUBMIT = "submit"
    """Hand in runs, alone or under a batch's name; cancel, resume and give hints to one's own, and offer their patches."""
    ADMIN = "admin"
    """Everything, also with other people's runs."""

    def allows(self, wanted: "Scope") -> bool:
        """Whether this scope is enough where `wanted` is asked for."""
        order = list(Scope)
        return order.index(self) >= order.index(wanted)


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token as it is kept: nobody can make the secret from it."""

    name: str
    """Of its owner, who owns the runs that are handed in with it."""
    digest: str = field(repr=False)
    """SHA-256 of the secret, in hexadecimal: the secret has 256 random bits, which need no slow hash."""
    scope: Scope
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    requests_per_minute: int
    dollars_per_day: float | None = None
    """What its runs may cost in any 24 hours, promised budgets included; None is no limit."""

    def problem_at(self, moment: datetime) -> str:
        """Why it is not valid at `moment`; empty when it is."""
        if self.revoked_at is not None and self.revoked_at <= moment:
            return "this token was revoked"
        if self.expires_at is not None and self.expires_at <= moment:
            return "this token has expired"
        return ""
