"""Keeps other sites' pages out where nobody is asked for a token: a browser would carry their requests to this machine."""

from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import answer

_REASON = "requests that a page of another site makes are refused where no token is asked for"


class OwnPagesOnly:
    """ASGI middleware: what comes with an Origin must come from the very host and port that it goes to."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it. Browsers name the origin of everything that could change something."""
        if scope["type"] == "lifespan" or _is_of_own_page(Headers(scope=scope)):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": _REASON})
        else:
            await answer(HTTPStatus.FORBIDDEN, _REASON)(scope, receive, send)


def _is_of_own_page(headers: Headers) -> bool:
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == headers.get("host")
    except ValueError:
        return False
