"""The webhook: only what is signed gets in, and that once."""

import hashlib
import hmac
import json
from dataclasses import replace

import pytest

from api.app import PREFIX
from api.service import Service
from api.webhooks import MOST_BYTES
from core.inbox import Event
from tests.api.conftest import ClientMaker
from worker.settings import GitHubSettings

SECRET = "It's a Secret to Everybody"
BODY = json.dumps({"action": "opened"}).encode()
PLACE = f"{PREFIX}/github/webhook"


def signature(body: bytes, secret: str = SECRET) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def headers(body: bytes = BODY, /, **differs: str) -> dict[str, str]:
    usual = {
        "X-Hub-Signature-256": signature(body),
        "X-GitHub-Event": "pull_request",
    }
    return usual | {name.replace("_", "-"): value for name, value in differs.items()}


@pytest.fixture
def service(service: Service) -> Service:
    return replace(service, settings=replace(service.settings, github=GitHubSettings(webhook_secret=SECRET)))


def test_the_signature_is_that_of_githubs_documentation() -> None:
    known = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert signature(b"Hello, World!") == known


def test_an_event_is_kept_before_it_is_answered_and_once_however_often_it_is_sent(
    service: Service, client_of: ClientMaker
) -> None:
    copies = [headers(X_GitHub_Delivery=f"72d3162e-{number}") for number in range(2)] + [headers()]
    copies[1]["X-GitHub-Event"] = "issue_comment"
    answers = [client_of().post(PLACE, content=BODY, headers=copy) for copy in copies]
    assert [answer.status_code for answer in answers] == [202] * 3
    assert [answer.json()["state"] for answer in answers] == ["kept", "known", "known"]
    inbox = service.store.inbox
    expected = Event(id=hashlib.sha256(BODY).hexdigest(), name="pull_request", payload=BODY.decode())
    assert [inbox.take("w", lease_seconds=9) for _ in range(2)] == [expected, None]


@pytest.mark.parametrize(
    ("content", "differs"),
    [
        (BODY, {"X_Hub_Signature_256": ""}),
        (BODY, {"X_Hub_Signature_256": signature(BODY, "another")}),
        (BODY, {"X_Hub_Signature_256": signature(BODY).removeprefix("sha256=")}),
        (BODY, {"X_Hub_Signature_256": signature(BODY).upper()}),
        (BODY + b" ", {}),
        (b"", {}),
    ],
)
def test_what_is_not_signed_is_refused_and_not_kept(
    service: Service, client_of: ClientMaker, content: bytes, differs: dict[str, str]
) -> None:
    answer = client_of().post(PLACE, content=content, headers=headers(BODY, **differs))
    assert answer.status_code == 401, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert service.store.inbox.take("w", lease_seconds=9) is None


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b"[" * 100_000])
def test_a_signed_body_that_is_no_object_is_refused(service: Service, client_of: ClientMaker, body: bytes) -> None:
    assert client_of().post(PLACE, content=body, headers=headers(body)).status_code == 422
    assert service.store.inbox.take("w", lease_seconds=9) is None


def test_a_body_without_end_is_refused(client_of: ClientMaker) -> None:
    body = b"x" * (MOST_BYTES + 1)
    assert client_of().post(PLACE, content=body, headers=headers(body)).status_code == 413


def test_events_that_ask_for_nothing_are_passed_over(service: Service, client_of: ClientMaker) -> None:
    answer = client_of().post(PLACE, content=BODY, headers=headers(X_GitHub_Event="ping"))
    assert (answer.status_code, answer.json()) == (202, {"state": "passed"})
    assert service.store.inbox.take("w", lease_seconds=9) is None


def test_without_a_secret_there_is_no_webhook(service: Service, client_of: ClientMaker) -> None:
    client = client_of(settings=replace(service.settings, github=GitHubSettings()))
    empty = headers(X_Hub_Signature_256=signature(BODY, ""))
    assert client.post(PLACE, content=BODY, headers=empty).status_code == 404
