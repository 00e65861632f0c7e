"""What one owner's runs may cost in a day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.errors import ConfigError
from core.service import Keyring
from core.spend import Budget

DAY = timedelta(hours=24)


class AllowanceError(ConfigError):
    """What is asked for is more than is left of the day's allowance."""


def within_the_day(budget: Budget, owner: str, dollars_per_day: float | None, keyring: Keyring) -> Budget:
    """`budget` with a limit of dollars that the owner's last 24 hours leave; AllowanceError when it asks for more.

    What the owner's other runs may still cost counts as spent. None is no limit.
    """
    if dollars_per_day is None:
        return budget
    left = dollars_per_day - keyring.committed(owner, datetime.now(UTC) - DAY)
    wanted = left if budget.dollars is None else budget.dollars
    if left <= 0 or wanted > left:
        raise AllowanceError(
            f"{owner} has {max(0.0, left):.2f} dollars left of {dollars_per_day:.2f} for 24 hours, "
            "the budgets of runs that are not over included; ask for less, or later"
        )
    return replace(budget, dollars=wanted)
