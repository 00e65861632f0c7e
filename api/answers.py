"""What goes out: facts of core as strict JSON, whatever a repository or a model wrote."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from fastapi.responses import JSONResponse, Response

from worker.report.machine import strict

INERT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
}
"""For documents with other people's text in them: no script, no form, no request, whatever they hold."""


def told(fact: object, *, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Response:
    """`fact` as a response."""
    return JSONResponse(strict(fact), status_code=status, headers=dict(headers or {}))


def line_of(fact: object) -> str:
    """`fact` as one line of JSON."""
    return json.dumps(strict(fact), allow_nan=False, separators=(",", ":"))
