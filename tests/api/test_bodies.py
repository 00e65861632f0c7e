"""Who may not send a body has none of it read, and nobody sends without end."""

import asyncio
from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest

from api.app import PREFIX, make_app
from api.service import Service
from core.access import Scope
from worker.tokens import mint

CHUNK = b"x" * 100_000
FORM = b'--b\r\nContent-Disposition: form-data; name="archive"; filename="a.zip"\r\n\r\n'


def sent(service: Service, path: str, kind: str, *, secret: str = "", first: bytes = b"") -> tuple[int, int]:
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
    asyncio.run(make_app(service)({**scope, **rest}, receive, send))
    (status,) = statuses
    return status, taken


PLACES = [
    ("/archives", "multipart/form-data; boundary=b"),
    ("/runs", "application/json"),
    ("/judge", "application/json"),
]


@pytest.fixture
def service(service: Service) -> Service:
    sources = service.settings.sources
    small = replace(sources, limits=replace(sources.limits, size_bytes=1000))
    return replace(service, settings=replace(service.settings, sources=small))


@pytest.mark.parametrize(("path", "kind"), [*PLACES, ("/runs/1/resume", "application/json")])
def test_nothing_is_read_of_what_a_stranger_or_a_reader_sends(service: Service, path: str, kind: str) -> None:
    reader = mint("ann", Scope.READ, expires_in=None)
    service.store.keyring.add(reader.token)
    assert sent(service, PREFIX + path, kind) == (401, 0)
    assert sent(service, PREFIX + path, kind, secret="wrong") == (401, 0)
    assert sent(service, PREFIX + path, kind, secret=reader.secret) == (403, 0)
    assert sent(replace(service, public_read=True), PREFIX + path, kind) == (401, 0)


@pytest.mark.parametrize(("path", "kind"), PLACES)
def test_a_body_without_end_is_left_off(service: Service, path: str, kind: str) -> None:
    writer = mint("bob", Scope.SUBMIT, expires_in=None)
    service.store.keyring.add(writer.token)
    status, taken = sent(service, PREFIX + path, kind, secret=writer.secret, first=FORM)
    assert status == 413
    assert taken < 18_000_000
