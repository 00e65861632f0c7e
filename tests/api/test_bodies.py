"""Who may not send a body has none of it read, and nobody sends without end."""

import asyncio
from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import PREFIX, make_app
from api.service import Service
from core.access import Scope
from worker.tokens import mint

CHUNK = b"x" * 100_000
FORM = b'--b\r\nContent-Disposition: form-data; name="archive"; filename="a.zip"\r\n\r\n'


def sent(app: FastAPI, path: str, kind: str, *, secret: str = "", first: bytes = b"") -> tuple[int, int]:
    """The status of the answer to a body without end, and how many bytes of it were taken."""
    statuses, taken = list[int](), 0

    async def receive() -> MutableMapping[str, Any]:
        nonlocal taken
        body = CHUNK if taken else first + CHUNK
        taken += len(body)
        return {"type": "http.request", "body": body, "more_body": taken < 200 * len(CHUNK)}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"host", b"perfsmith.example"), (b"content-type", kind.encode())]
    if secret:
        headers.append((b"authorization", f"Bearer {secret}".encode()))
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    rest = {"http_version": "1.1", "scheme": "http", "headers": headers, "server": ("perfsmith.example", 80)}
    asyncio.run(app({**scope, **rest}, receive, send))
    (status,) = statuses
    return status, taken


PLACES = [
    ("/archives", "multipart/form-data; boundary=b"),
    ("/runs", "application/json"),
    ("/judge", "application/json"),
]


@pytest.fixture
def service(service: Service) -> Service:
    return replace(service, settings=replace(service.settings, archive_bytes=1000))


@pytest.mark.parametrize(("path", "kind"), [*PLACES, ("/runs/1/resume", "application/json")])
def test_nothing_is_read_of_what_a_stranger_or_a_reader_sends(service: Service, path: str, kind: str) -> None:
    reader = mint("ann", Scope.READ, expires_in=None)
    service.store.keyring.add(reader.token)
    assert sent(make_app(service), PREFIX + path, kind) == (401, 0)
    assert sent(make_app(service), PREFIX + path, kind, secret="wrong") == (401, 0)
    assert sent(make_app(service), PREFIX + path, kind, secret=reader.secret) == (403, 0)
    assert sent(make_app(replace(service, public_read=True)), PREFIX + path, kind) == (401, 0)


def test_nothing_is_read_of_what_comes_too_often(service: Service) -> None:
    eager = mint("eager", Scope.SUBMIT, expires_in=None, requests_per_minute=2)
    service.store.keyring.add(eager.token)
    path, kind = PLACES[0]
    app = make_app(service)
    answers = [sent(app, PREFIX + path, kind, secret=eager.secret, first=FORM) for _ in range(3)]
    assert [status for status, _ in answers] == [413, 413, 429]
    assert answers[2] == (429, 0)


@pytest.mark.parametrize("path", ["/archives", "/runs", "/runs/1/resume"])
def test_a_body_that_is_not_what_it_says_is_refused_as_documented(service: Service, path: str) -> None:
    writer = mint("bob", Scope.SUBMIT, expires_in=None)
    service.store.keyring.add(writer.token)
    app = make_app(service)
    kind = {"/archives": "multipart/form-data"}.get(path, "application/json; charset=utf-8")
    with TestClient(app, headers={"Authorization": f"Bearer {writer.secret}", "Content-Type": kind}) as client:
        answer = client.post(PREFIX + path, content=b"\xff\xfe{")
    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    documented = app.openapi()["paths"][PREFIX + path.replace("/1/", "/{run_id}/")]["post"]["responses"]
    assert str(answer.status_code) in documented


@pytest.mark.parametrize(("path", "kind"), PLACES)
def test_a_body_without_end_is_left_off(service: Service, path: str, kind: str) -> None:
    writer = mint("bob", Scope.SUBMIT, expires_in=None)
    service.store.keyring.add(writer.token)
    status, taken = sent(make_app(service), PREFIX + path, kind, secret=writer.secret, first=FORM)
    assert status == 413
    assert taken < 18_000_000
