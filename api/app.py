"""The application: routes, who may use them, what is logged and counted. Made by a function, with nothing at import."""

import secrets
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from importlib.metadata import version

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute

from api import batches, candidates, events, handing_in, runs, system, webhooks
from api.metrics import Metrics
from api.origins import OwnPagesOnly
from api.problems import ProblemDetails, answer, run_of, tell_problems
from api.rates import Rates
from api.service import Service

PREFIX = "/api/v1"
_log = structlog.get_logger(__name__)


def make_app(service: Service) -> FastAPI:
    """The API over `service`."""
    app = FastAPI(
        title="perfsmith",
        version=version("perfsmith"),
        summary="Makes other people's Python software faster and proves it.",
        generate_unique_id_function=_operation_id,
    )
    app.state.service, app.state.rates, app.state.metrics = service, Rates(service.limits_url), Metrics()
    for router in (
        handing_in.router,
        runs.router,
        candidates.router,
        events.router,
        batches.router,
        system.router,
        webhooks.router,
    ):
        app.include_router(router, prefix=PREFIX)
    app.include_router(system.open_router)
    tell_problems(app)
    _describe_problems(app)
    app.middleware("http")(_noted)
    app.add_middleware(OwnPagesOnly, service=service)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


def _describe_problems(app: FastAPI) -> None:
    """The document says how problems look, and that a form which is not understood is one of them."""
    plain = app.openapi

    def openapi() -> dict[str, object]:
        document = plain()
        schemas = document["components"]["schemas"]
        schemas["ProblemDetails"] = ProblemDetails.model_json_schema()
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


async def _noted(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Log and count every answer; what nobody expected is an answer, too, and its traceback is in the log only."""
    started, request_id = time.monotonic(), secrets.token_hex(8)
    try:
        response = await call_next(request)
    except Exception:  # noqa: BLE001 - the last line of defence: no traceback ever reaches a user
        _log.exception("crashed", request=request_id, run=run_of(request), method=request.method, path=request.url.path)
        response = answer(HTTPStatus.INTERNAL_SERVER_ERROR, f"a bug of perfsmith; the server's log has {request_id}")
    seconds = time.monotonic() - started
    request.app.state.metrics.answered(request.method, _route_of(request), response.status_code, seconds)
    _log.info(
        "answered",
        request=request_id,
        run=run_of(request),
        method=request.method,
        path=request.url.path,
        status=response.status_code,
        seconds=round(seconds, 4),
    )
    response.headers["X-Request-ID"] = request_id
    return response


def _route_of(request: Request) -> str:
    """The path with its parameters' names in place of their values: few words, whatever is asked for."""
    if request.scope.get("route") is None:
        return "unknown"
    names = {str(value): f"{{{name}}}" for name, value in request.path_params.items()}
    return "/".join(names.get(part, part) for part in request.url.path.split("/"))
