"""What a caller's runs may cost in a day."""

from http import HTTPStatus

from api.access import Caller
from api.problems import RefusedError
from api.service import Service
from core.spend import Budget
from worker import allowance


def within_the_day(budget: Budget, caller: Caller, service: Service) -> Budget:
    """`budget` within what the caller's token leaves them; RefusedError with 403 when it asks for more."""
    dollars_per_day = caller.token.dollars_per_day if caller.token else None
    try:
        return allowance.within_the_day(budget, caller.name, dollars_per_day, service.store.keyring)
    except allowance.AllowanceError as error:
        raise RefusedError(HTTPStatus.FORBIDDEN, str(error)) from error
