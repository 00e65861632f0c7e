"""Tokens in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from core.access import Token
from core.allowance import may_cost
from core.errors import ConfigError, StoreError
from core.run import OVER, Run
from tests.fakes.history import MemoryLedger
from tests.fakes.queue import Place


@dataclass(kw_only=True)
class MemoryKeyring:
    """Tokens by digest, and the runs of their owners."""

    kept: dict[str, Token]
    runs: Mapping[str, Run]
    places: Mapping[str, Place]
    ledgers: Mapping[str, MemoryLedger]

    def add(self, token: Token) -> None:
        """Keep a new token; ConfigError when a valid one has this name."""
        if self._valid(token.name):
            raise ConfigError(f"there is a valid token {token.name!r}")
        if token.digest in self.kept:
            raise StoreError("there is a token with this secret")
        self.kept[token.digest] = token

    def find(self, digest: str) -> Token | None:
        """The token whose secret has this digest, valid or not."""
        return self.kept.get(digest)

    def tokens(self) -> tuple[Token, ...]:
        """All of them, by name, the newest of a name first."""
        newest = sorted(self.kept.values(), key=lambda token: token.created_at, reverse=True)
        return tuple(sorted(newest, key=lambda token: token.name))

    def revoke(self, name: str) -> None:
        """End the valid token of this name at once; ConfigError when there is none."""
        valid = self._valid(name)
        if not valid:
            raise ConfigError(f"there is no valid token {name!r}")
        for token in valid:
            self.kept[token.digest] = replace(token, revoked_at=datetime.now(UTC))

    def committed(self, owner: str, since: datetime) -> float:
        """Dollars that the owner's runs have cost since then, and may still cost."""
        total = 0.0
        for run_id, place in self.places.items():
            if place.ticket.owner == owner:
                ledger, run = self.ledgers[run_id], self.runs[run_id]
                total += sum(call.dollars for call in ledger.calls.values() if call.asked_at >= since)
                if run.status not in OVER and may_cost(run.backends.proposers):
                    total += max(0.0, (run.budget.dollars or 0.0) - ledger.spent().dollars)
        return total

    def _valid(self, name: str) -> list[Token]:
        now = datetime.now(UTC)
        return [token for token in self.kept.values() if token.name == name and not token.problem_at(now)]
