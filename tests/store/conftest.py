"""The stores under test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.protocols import Store
from store.sql import SqlStore
from tests.fakes.store import MemoryStore


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/perfsmith.db"


@pytest.fixture
def sql(url: str) -> Iterator[SqlStore]:
    with SqlStore.open(url) as opened:
        yield opened


@pytest.fixture(params=["sql", "memory"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return MemoryStore()
    opened: SqlStore = request.getfixturevalue("sql")
    return opened
