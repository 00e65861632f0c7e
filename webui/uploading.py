"""Uploads are for those who may submit: Streamlit itself takes files from whoever has a page open, and keeps them in memory."""

import re
from collections import OrderedDict
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.scriptrunner import get_script_run_ctx

from api.problems import answer

MOST_SESSIONS = 10_000
_UPLOAD = re.compile(r".*/_stcore/upload_file/(?P<session>[^/]+)/[^/]+")
_SUBMITTERS: OrderedDict[str, None] = OrderedDict()


def let_upload() -> None:
    """The session of this look at a page may upload from now on; the latest MOST_SESSIONS are remembered."""
    context = get_script_run_ctx()
    if context is None:
        return
    _SUBMITTERS[context.session_id] = None
    _SUBMITTERS.move_to_end(context.session_id)
    while len(_SUBMITTERS) > MOST_SESSIONS:
        _SUBMITTERS.popitem(last=False)


def forbid_upload() -> None:
    """The session of this look at a page may upload no longer."""
    context = get_script_run_ctx()
    if context is not None:
        _SUBMITTERS.pop(context.session_id, None)


class UploadsOfSubmitters:
    """ASGI middleware that refuses an upload, before a byte of it is read, to a session that may not submit."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        found = _UPLOAD.fullmatch(str(scope.get("path", ""))) if scope["type"] == "http" else None
        if found and scope["method"] == "PUT" and found["session"] not in _SUBMITTERS:
            await answer(HTTPStatus.FORBIDDEN, "uploads need a token with the scope submit")(scope, receive, send)
            return
        await self.app(scope, receive, send)
