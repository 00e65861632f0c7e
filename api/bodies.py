"""Bodies of requests are read only for those who may send them now, and no further than they may go."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from api.access import Gate, credentials_of, service_of
from api.forms import MOST_PATCH
from core.access import Scope

_MOST_JSON = 4 * MOST_PATCH
"""A patch in JSON, where a line break is two bytes and a letter may be six, with room for the rest."""


class GuardedRoute(APIRoute):
    """A route whose body, if it has one, needs the scope `submit` and a rate: FastAPI itself reads bodies before it asks who sent them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Its handler, behind the guard."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle
        has_file = isinstance(self.body_field.field_info, Form)

        async def guarded(request: Request) -> Response:
            service = service_of(request)
            await run_in_threadpool(Gate(Scope.SUBMIT), request, await credentials_of(request))
            archive = service.settings.archive_bytes if has_file else 0
            return await handle(Request(request.scope, _limited(request, archive + _MOST_JSON)))

        return guarded


def _limited(request: Request, most: int) -> Receive:
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > most:
            reason = f"the body of this request may have {most} bytes"
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
        return message

    return receive
