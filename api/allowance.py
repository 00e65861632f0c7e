"""What a caller's runs may cost in a day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from api.access import Caller
from api.problems import RefusedError
from api.service import Service
from core.spend import Budget

DAY = timedelta(hours=24)


def within_the_day(budget: Budget, caller: Caller, service: Service) -> Budget:
    """`budget` with a limit of dollars that the caller's last 24 hours leave; RefusedError with 403 when it asks for more.

    What the caller's other runs may still cost counts as spent.
    """
    if caller.token is None or caller.token.dollars_per_day is None:
        return budget
    left = caller.token.dollars_per_day - service.store.keyring.committed(caller.name, datetime.now(UTC) - DAY)
    wanted = left if budget.dollars is None else budget.dollars
    if left <= 0 or wanted > left:
        raise RefusedError(
            HTTPStatus.FORBIDDEN,
            f"{caller.name} has {max(0.0, left):.2f} dollars left of {caller.token.dollars_per_day:.2f} for 24 hours, "
            "the budgets of runs that are not over included; ask for less, or later",
        )
    return replace(budget, dollars=wanted)
