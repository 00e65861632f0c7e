"""What one owner's runs may cost in a day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from core.errors import AllowanceError
from core.run import BackendSpec
from core.spend import Budget

DAY = timedelta(hours=24)
OUT_OF_ALLOWANCE = "urn:perfsmith:problem:allowance"
"""The type of the problem (RFC 9457) with which a server refuses what the day leaves no dollars for: later it may be taken."""
FREE = ("rules", "local", "replay")
"""Proposers that ask nobody who wants money."""
_ROUNDING = 1e-6
"""Dollars: sums of the same amounts in another order differ by less."""


def may_cost(proposers: Sequence[BackendSpec]) -> bool:
    """Whether a run with these proposers can cost dollars: it promises nothing else, and no day bounds it."""
    return any(spec.name not in FREE for spec in proposers)


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """An owner's day so far."""

    owner: str
    dollars_per_day: float
    committed: float
    """What their runs have cost in the last DAY, and those that are not over and may cost something still may."""

    def bound(self, budget: Budget, *, spent: float = 0.0) -> Budget:
        """`budget`, of which `spent` is gone already, with a limit of dollars that the day leaves; AllowanceError when it asks
        for more.
        """
        left = self.dollars_per_day - self.committed
        wanted = left if budget.dollars is None else budget.dollars - spent
        if left <= _ROUNDING or wanted > left + _ROUNDING:
            raise AllowanceError(
                f"{self.owner} has {max(0.0, left):.2f} dollars left of {self.dollars_per_day:.2f} for 24 hours, "
                "the budgets of runs that are not over included; ask for less, or later"
            )
        return replace(budget, dollars=spent + min(wanted, left))
