"""The webhook of a GitHub App: what GitHub signed is kept at once, and attended to by `perfsmith github`."""

import hashlib
import hmac
import json
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.access import ServiceOf, service_of
from api.answers import told
from api.problems import RefusedError, documented
from core.inbox import Event

router = APIRouter(tags=["webhooks"])
MOST_BYTES = 25 << 20
"""GitHub sends no larger event."""
ATTENDED = ("pull_request", "issue_comment")
"""Kinds of events that ask for something; all others are passed over."""
_ANSWERS = documented(
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


class Receipt(BaseModel):
    """What became of an event."""

    state: Annotated[str, Field(description="`kept`; `known` when it came before; `passed` when it asks for nothing.")]


async def signed(
    request: Request,
    signature: Annotated[str, Header(alias="X-Hub-Signature-256", max_length=200)] = "",
) -> bytes:
    """The body, when it has the signature of whoever shares our secret. RefusedError otherwise."""
    secret = service_of(request).settings.github.webhook_secret
    if secret is None:
        raise RefusedError(
            HTTPStatus.NOT_FOUND, "no webhook is set up here: PERFSMITH_GITHUB_WEBHOOK_SECRET is not set"
        )
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"an event has at most {MOST_BYTES} bytes")
    expected = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "X-Hub-Signature-256 is not the signature of this body")
    return bytes(body)


@router.post("/github/webhook", status_code=202, response_model=Receipt, responses=_ANSWERS)
def receive_event(
    body: Annotated[bytes, Depends(signed)],
    service: ServiceOf,
    name: Annotated[str, Header(alias="X-GitHub-Event", max_length=100)] = "",
) -> Response:
    """An event of GitHub's. It is kept before this answers, and carried out once however often it is sent."""
    if name not in ATTENDED:
        return told(Receipt(state="passed").model_dump(), status=HTTPStatus.ACCEPTED)
    # GitHub's own id stands in a header, which nobody signs: a copy of an event would come with another one.
    event = Event(id=hashlib.sha256(body).hexdigest(), name=name, payload=_object(body))
    is_new = service.store.inbox.receive(event)
    return told(Receipt(state="kept" if is_new else "known").model_dump(), status=HTTPStatus.ACCEPTED)


def _object(body: bytes) -> str:
    try:
        text = body.decode()
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, f"the body is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "the body is no object")
    return text
