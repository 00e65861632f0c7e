"""Who is asking, whether they may, and how often: bearer tokens with a scope and a rate."""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problems import RefusedError
from api.rates import Rates
from api.service import Service
from core.access import Scope, Token
from core.queue import LOCAL
from core.run import RunSummary
from worker.tokens import digest_of

credentials_of = HTTPBearer(auto_error=False, description="A token of `perfsmith tokens add`.")
"""Reads the token that a request carries."""
_ASK = {"WWW-Authenticate": "Bearer"}
_STRANGER_REQUESTS_PER_MINUTE = 600
"""For all that come without a token together, where that is allowed."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks, and what they may do."""

    name: str
    scope: Scope
    token: Token | None
    """None for whoever needs none."""

    @property
    def dollars_per_day(self) -> float | None:
        """What their runs may cost in any 24 hours; None is no limit."""
        return self.token.dollars_per_day if self.token else None

    def require_owner(self, run: RunSummary) -> None:
        """Refuse who may not change this run."""
        if self.scope is not Scope.ADMIN and run.owner != self.name:
            raise RefusedError(
                HTTPStatus.FORBIDDEN, f"run {run.id} is {run.owner}'s; only they or an admin may do that"
            )


def service_of(request: Request) -> Service:
    """The service that the application was made with."""
    service: Service = request.app.state.service
    return service


class Gate:
    """Lets in who may do what `scope` allows. One for each scope; FastAPI calls it before a route."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __call__(
        self,
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(credentials_of)],
    ) -> Caller:
        """The caller; RefusedError with 401, 403 or 429. A request counts once, however many gates it passes."""
        service = service_of(request)
        caller = self._admitted(service, credentials)
        if not service.is_open and not getattr(request.state, "is_counted", False):
            request.state.is_counted = True
            _require_rate(request.app.state.rates, caller)
        return caller

    def _admitted(self, service: Service, credentials: HTTPAuthorizationCredentials | None) -> Caller:
        caller = _caller(service, credentials)
        if caller is None and self.scope is Scope.READ and service.public_read:
            caller = Caller(name="public", scope=Scope.READ, token=None)
        if caller is None:
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "a token is needed: Authorization: Bearer …", headers=_ASK)
        if not caller.scope.allows(self.scope):
            detail = f"this needs the scope {self.scope}; the token of {caller.name} has {caller.scope}"
            raise RefusedError(HTTPStatus.FORBIDDEN, detail)
        return caller


def problem_of(service: Service, caller: Caller) -> str:
    """Why the caller, who was let in to read, would not be now; empty when they would."""
    if caller.token is None:
        return "" if service.is_open or service.public_read else "a token is needed by now"
    token = service.store.keyring.find(caller.token.digest)
    return "there is no such token any more" if token is None else token.problem_at(datetime.now(UTC))


def _caller(service: Service, credentials: HTTPAuthorizationCredentials | None) -> Caller | None:
    if service.is_open:
        return Caller(name=LOCAL, scope=Scope.ADMIN, token=None)
    if credentials is None:
        return None
    token = service.store.keyring.find(digest_of(credentials.credentials))
    if token is None:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "there is no such token", headers=_ASK)
    problem = token.problem_at(datetime.now(UTC))
    if problem:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, problem, headers=_ASK)
    return Caller(name=token.name, scope=token.scope, token=token)


def _require_rate(rates: Rates, caller: Caller) -> None:
    most = caller.token.requests_per_minute if caller.token else _STRANGER_REQUESTS_PER_MINUTE
    wait = rates.wait_seconds(caller.name, most=most)
    if wait:
        detail = f"{most} requests a minute are allowed; try again in {wait} s"
        raise RefusedError(HTTPStatus.TOO_MANY_REQUESTS, detail, headers={"Retry-After": str(wait)})


ServiceOf = Annotated[Service, Depends(service_of)]
Reader = Annotated[Caller, Depends(Gate(Scope.READ))]
Submitter = Annotated[Caller, Depends(Gate(Scope.SUBMIT))]
