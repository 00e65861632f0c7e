"""The web UI as an ASGI application, alone or beside the API on one port. One for each process: Streamlit knows one."""

import gc
import importlib
import logging
import secrets
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import PREFIX
from api.origins import OwnPagesOnly
from api.problems import RefusedError
from api.service import Service
from core.errors import PerfsmithError
from webui import showing
from webui.desk import serve_from
from webui.uploading import UploadsOfSubmitters

ENTRY = Path(__file__).with_name("main.py")
_DRAWING = (
    "pandas",
    "pyarrow",
    "plotly.graph_objects",
    "webui.charts.tree",
    "webui.charts.flames",
    "webui.charts.samples",
)
_OF_THE_API = (PREFIX, "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs")
_log = logging.getLogger(__name__)


def make_site(service: Service) -> st.App:
    """The web UI over `service`."""
    serve_from(service)
    _keep_what_is_loaded()
    guards = [Middleware(OwnPagesOnly, service=service), Middleware(UploadsOfSubmitters)]
    return st.App(ENTRY, middleware=guards, on_script_error=_told)


def _keep_what_is_loaded() -> None:
    """Streamlit collects all garbage after every run of a page and of each live part. Looking through what is loaded for good
    took several times as long as the page; from now on it is left out.
    """
    for name in _DRAWING:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def beside(site: ASGIApp, api: ASGIApp) -> ASGIApp:
    """Both on one port: the API has its paths, the web UI all others and the start and end of the process."""

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        is_of_api = any(path == known or path.startswith(f"{known}/") for known in _OF_THE_API)
        await (api if is_of_api else site)(scope, receive, send)

    return both


def _told(error: Exception) -> bool:
    """What no page expected: the reason where it is one of ours, else a number that the server's log has, too."""
    if isinstance(error, (PerfsmithError, RefusedError)):
        showing.failure(str(error))
        return True
    number = secrets.token_hex(4)
    _log.error("page crashed, %s", number, exc_info=error)
    showing.failure(f"a bug of perfsmith; the server's log has {number}")
    return True
