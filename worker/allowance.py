"""What one owner's runs may cost in a day, asked before anything is fetched: the store has the last word when it records a run."""

from datetime import UTC, datetime

from core.allowance import DAY, Allowance
from core.service import Keyring
from core.spend import Budget


def dollars_per_day_of(owner: str, keyring: Keyring) -> float | None:
    """What the owner's latest token says, also when it has ended. None is no limit, or an owner who never had one."""
    return next((token.dollars_per_day for token in keyring.tokens() if token.name == owner), None)


def within_the_day(budget: Budget, owner: str, dollars_per_day: float | None, keyring: Keyring) -> Budget:
    """`budget` with a limit of dollars that the owner's last 24 hours leave; AllowanceError when it asks for more.

    What the owner's other runs may still cost counts as spent. None is no limit.
    """
    if dollars_per_day is None:
        return budget
    committed = keyring.committed(owner, datetime.now(UTC) - DAY)
    return Allowance(owner=owner, dollars_per_day=dollars_per_day, committed=committed).bound(budget)
