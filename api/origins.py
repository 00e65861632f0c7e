"""Keeps other sites' pages out where nobody is asked for a token: a browser would carry their requests to this machine."""

from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import answer
from api.service import Service
from core.errors import PerfsmithError

LOOPBACK = ("localhost", "127.0.0.1", "::1", "testserver")
"""Names that a browser on this machine has for it. Any other one, where no token is asked for, is a page's that was led
here by its own name server (DNS rebinding).
"""


class OwnPagesOnly:
    """ASGI middleware: while the service is open, a request goes to a name of this machine, and what comes with an Origin comes
    from the very host and port that it goes to. Browsers name the origin of everything that could change something.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self.service = service
        self.is_closed = not service.is_local
        """For good, once it was seen."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        reason = "" if self.is_closed or scope["type"] == "lifespan" else _refusal(Headers(scope=scope))
        if not reason or not await run_in_threadpool(self._may_be_open):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
        else:
            await answer(HTTPStatus.FORBIDDEN, reason)(scope, receive, send)

    def _may_be_open(self) -> bool:
        try:
            self.is_closed = not self.service.is_open
        except PerfsmithError:
            return True  # the store can't say
        return not self.is_closed


def _refusal(headers: Headers) -> str:
    """Why this is no request of our own pages, or of a program; empty when it is."""
    host, origin = headers.get("host", ""), headers.get("origin")
    if _name_of(f"//{host}") not in LOOPBACK:
        return "while no token is asked for, requests go to localhost or 127.0.0.1"
    if origin is not None and _netloc_of(origin) != host:
        return "requests that a page of another site makes are refused while no token is asked for"
    return ""


def _name_of(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _netloc_of(address: str) -> str | None:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None
