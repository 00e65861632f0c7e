"""Who gets in: every route is tried with every token that is not enough."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.app import PREFIX, make_app
from api.origins import OwnPagesOnly
from api.service import Service
from core.access import Scope
from tests.api.conftest import ClientMaker
from tests.store.facts import a_run
from worker.tokens import mint

OPEN = {("GET", "/healthz"), ("GET", "/readyz"), ("POST", f"{PREFIX}/github/webhook")}
"""For whoever looks after the service, which tell nothing about anybody's runs; and what asks for a signature instead."""
CHANGING = {"POST"}


def routes(service: Service) -> Iterator[tuple[str, str]]:
    """Method and path of every route that is documented."""
    for path, operations in make_app(service).openapi()["paths"].items():
        for method in operations:
            yield method.upper(), path.replace("{run_id}", "3fa4").replace("{number}", "0").replace("{name}", "nightly")


def test_the_document_lists_all_routes(service: Service) -> None:
    app = make_app(service)
    plain = {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}
    there = {getattr(route, "path", "") for route in app.routes} - plain
    assert [route for route in app.routes if isinstance(route, APIRoute) and not route.include_in_schema] == []
    assert len(set(app.openapi()["paths"])) >= 17, there


def refused(client: TestClient, service: Service, status: int, *, methods: frozenset[str]) -> None:
    for method, path in routes(service):
        if (method, path) in OPEN or method not in methods:
            continue
        answer = client.request(method, path)
        assert answer.status_code == status, (method, path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status


EVERY = frozenset({"GET", "POST"})


def test_without_a_token_every_route_is_refused(service: Service, client_of: ClientMaker) -> None:
    refused(client_of(), service, 401, methods=EVERY)


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer ps_unknown", "Basic dXNlcjpwYXNz", "ps_unknown", "Bearer \x7f", "bearer a b"],
)
def test_with_a_malformed_or_unknown_token_every_route_is_refused(
    service: Service, client_of: ClientMaker, header: str
) -> None:
    client = client_of()
    client.headers["Authorization"] = header
    refused(client, service, 401, methods=EVERY)


def test_with_an_expired_token_every_route_is_refused(service: Service, client_of: ClientMaker) -> None:
    minted = mint("late", Scope.ADMIN, expires_in=timedelta(seconds=-1))
    service.store.keyring.add(minted.token)
    client = client_of()
    client.headers["Authorization"] = f"Bearer {minted.secret}"
    refused(client, service, 401, methods=EVERY)


def test_with_a_revoked_token_every_route_is_refused(service: Service, client_of: ClientMaker) -> None:
    client = client_of(Scope.ADMIN)
    assert client.get(f"{PREFIX}/runs").status_code == 200
    service.store.keyring.revoke("admin")
    refused(client, service, 401, methods=EVERY)


def test_who_may_read_changes_nothing(service: Service, client_of: ClientMaker) -> None:
    refused(client_of(Scope.READ), service, 403, methods=frozenset(CHANGING))


def test_a_public_service_shows_runs_but_neither_prompts_nor_changes(service: Service, client_of: ClientMaker) -> None:
    service.store.create(a_run())
    client = client_of(public_read=True)
    assert client.get(f"{PREFIX}/runs").json()["runs"][0]["id"] == "3fa4"
    assert client.get(f"{PREFIX}/runs/3fa4/candidates/0/calls").status_code == 403
    refused(client, service, 401, methods=frozenset(CHANGING))


def test_an_open_service_answers_to_names_of_this_machine_only(client_of: ClientMaker) -> None:
    client = client_of(is_local=True)
    assert client.get(f"{PREFIX}/runs").status_code == 200
    assert client.get(f"{PREFIX}/runs", headers={"Host": "evil.example"}).status_code == 403


def test_the_first_token_closes_an_open_service_at_once_and_none_that_ended_opens_it_again(
    service: Service, client_of: ClientMaker
) -> None:
    client = client_of(is_local=True)
    assert client.get(f"{PREFIX}/runs").status_code == 200
    service.store.keyring.add(mint("ann", Scope.READ, expires_in=timedelta(microseconds=1)).token)
    assert client.get(f"{PREFIX}/runs").status_code == 401
    service.store.keyring.add(mint("bob", Scope.READ, expires_in=None).token)
    service.store.keyring.revoke("bob")
    assert client_of(is_local=True).get(f"{PREFIX}/runs").status_code == 401


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://testserver", 200),
        ("http://evil.example", 403),
        ("http://testserver:3000", 403),
        ("http://testserver@evil.example", 403),
        ("http://[", 403),
        ("null", 403),
    ],
)
def test_an_open_service_obeys_no_page_of_another_site(client_of: ClientMaker, origin: str, status: int) -> None:
    client = client_of(is_local=True)
    assert client.get(f"{PREFIX}/runs", headers={"Origin": origin}).status_code == status
    sent = client.post(f"{PREFIX}/archives", headers={"Origin": origin}, files={"archive": ("a.zip", b"none")})
    assert (sent.status_code == 403) == (status == 403), sent.text


def test_a_service_with_tokens_is_asked_from_anywhere(client_of: ClientMaker) -> None:
    assert client_of(Scope.READ).get(f"{PREFIX}/runs", headers={"Origin": "http://app.example"}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_a_socket_of_another_site_s_page_is_not_opened(service: Service, origin: str) -> None:
    async def greet(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("hello")
        await socket.close()

    app = Starlette(routes=[WebSocketRoute("/", greet)])
    client = TestClient(OwnPagesOnly(app, replace(service, is_local=True)))
    with client.websocket_connect("/", headers={"Origin": "http://testserver"}) as socket:
        assert socket.receive_text() == "hello"
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/", headers={"Origin": origin}):
        pass


def test_a_run_is_ended_by_its_owner_or_an_admin_only(client_of: ClientMaker, repository: str) -> None:
    ann, bob = client_of(Scope.SUBMIT, name="ann"), client_of(Scope.SUBMIT, name="bob")
    run_id = ann.post(f"{PREFIX}/runs", json={"repository": repository}).json()["id"]
    answer = bob.post(f"{PREFIX}/runs/{run_id}/cancel")
    assert answer.status_code == 403
    assert "ann" in answer.json()["detail"]
    assert client_of(Scope.ADMIN).post(f"{PREFIX}/runs/{run_id}/cancel").json()["status"] == "cancelled"


def test_too_many_requests_are_refused_and_told_when_to_come_back(service: Service, client_of: ClientMaker) -> None:
    minted = mint("eager", Scope.READ, expires_in=None, requests_per_minute=3)
    service.store.keyring.add(minted.token)
    client = client_of()
    client.headers["Authorization"] = f"Bearer {minted.secret}"
    answers = [client.get(f"{PREFIX}/runs") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60


def test_requests_are_answered_and_counted_while_what_counts_for_all_processes_is_away(
    service: Service, client_of: ClientMaker
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and never listens
        minted = mint("eager", Scope.READ, expires_in=None, requests_per_minute=3)
        service.store.keyring.add(minted.token)
        client = client_of(limits_url=f"redis://127.0.0.1:{nobody.getsockname()[1]}/0")
        client.headers["Authorization"] = f"Bearer {minted.secret}"
        assert [client.get(f"{PREFIX}/runs").status_code for _ in range(4)] == [200, 200, 200, 429]
