"""Errors as problem details (RFC 9457): one form for everything that goes wrong, and never a traceback."""

from collections.abc import Mapping
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from core.allowance import OUT_OF_ALLOWANCE
from core.errors import AllowanceError, ConfigError, MachineError, PerfsmithError, StoreError

MEDIA_TYPE = "application/problem+json"
REFUSALS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What every route behind a token may answer."""
UNREAD = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)
"""What every route with a body may answer about it, too."""
RETRY_SECONDS = 5
_log = structlog.get_logger(__name__)


class ProblemDetails(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    type: str = Field(default="about:blank", description="A URI that names the kind of problem.")
    title: str = Field(description="The kind of problem, in short.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What went wrong this time, with the bad value and the good ones.")


class RefusedError(Exception):
    """An answer other than a good one, raised anywhere below a route and told here."""

    def __init__(self, status: HTTPStatus, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def answer(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, kind: str = "about:blank"
) -> JSONResponse:
    """The problem as a response."""
    details = ProblemDetails(type=kind, title=HTTPStatus(status).phrase, status=status, detail=readable(detail))
    return JSONResponse(details.model_dump(), status_code=status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def run_of(request: Request) -> str:
    """The id of the run that a request is about, or the beginning of it, as far as it is known: for the log."""
    return str(request.path_params.get("run_id") or getattr(request.state, "run", ""))


def readable(text: str) -> str:
    """`text` without lone surrogates, which JSON can't carry."""
    return text.encode("utf-8", "replace").decode()


def documented(*statuses: HTTPStatus) -> dict[int | str, dict[str, object]]:
    """These problems, for a route's documentation."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {int(status): {"description": status.phrase, "content": content} for status in statuses}


def tell_problems(app: FastAPI) -> None:
    """Every exception that a route can end with becomes problem details."""

    @app.exception_handler(RefusedError)
    async def _refused(_: Request, error: RefusedError) -> JSONResponse:
        return answer(error.status, error.detail, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(map(_words, error.errors())))

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        return answer(error.status_code, str(error.detail), headers=error.headers)

    @app.exception_handler(PerfsmithError)
    async def _ours(request: Request, error: PerfsmithError) -> JSONResponse:
        if isinstance(error, MachineError):
            _log.error("this machine is unable to", run=run_of(request), path=request.url.path, error=str(error))
            return answer(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers={"Retry-After": str(RETRY_SECONDS)})
        if isinstance(error, AllowanceError):
            return answer(HTTPStatus.FORBIDDEN, str(error), kind=OUT_OF_ALLOWANCE)
        if isinstance(error, ConfigError):
            return answer(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        _log.error("failed", run=run_of(request), path=request.url.path, error=str(error))
        if isinstance(error, StoreError):
            detail = "the store can't be reached or read now; the server's log says why"
            return answer(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": str(RETRY_SECONDS)})
        return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "perfsmith could not do it; the server's log says why")


def _words(error: Mapping[str, object]) -> str:
    """One complaint of pydantic's, with the place and the bad value."""
    place = error.get("loc", ())
    names = ".".join(str(part) for part in place[1:]) if isinstance(place, tuple) else ""
    return f"{names or 'the request'}: {error.get('msg')}"
