"""The API over a real store, asked through its ASGI interface."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import make_app
from api.service import Service
from core.access import Scope
from store.sql import SqlStore
from tests.story.conftest import make_repository
from worker.settings import Settings, read_settings
from worker.tokens import mint


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"PERFSMITH_HOME": str(tmp_path / "home"), "PERFSMITH_URL_SCHEMES": "https,file"})


@pytest.fixture
def store(settings: Settings, empty: Path) -> Iterator[SqlStore]:
    settings.home.mkdir()
    shutil.copy(empty, settings.home / "perfsmith.db")
    with SqlStore.open(settings.database_url) as opened:
        yield opened


@pytest.fixture
def nudged() -> list[str]:
    return []


@pytest.fixture
def service(settings: Settings, store: SqlStore, nudged: list[str]) -> Service:
    return Service(settings=settings, store=store, nudge=nudged.extend)


ClientMaker = Callable[..., TestClient]


@pytest.fixture
def client_of(service: Service) -> Iterator[ClientMaker]:
    """Makes clients: whose token they carry, and what differs about the service."""
    opened: list[TestClient] = []

    def make(
        scope: Scope | None = None, *, name: str = "", dollars_per_day: float | None = None, **differs: object
    ) -> TestClient:
        client = TestClient(make_app(replace(service, **differs)), raise_server_exceptions=False)  # type: ignore[arg-type]
        if scope is not None:
            minted = mint(name or scope.value, scope, expires_in=None, dollars_per_day=dollars_per_day)
            service.store.keyring.add(minted.token)
            client.headers["Authorization"] = f"Bearer {minted.secret}"
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def repository(tmp_path: Path) -> str:
    """The URL of a tiny repository."""
    return f"file://{make_repository(tmp_path / 'tiny')}"
