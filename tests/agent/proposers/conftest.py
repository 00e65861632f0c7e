"""A ledger and a running model server for each test."""

from collections.abc import Iterator

import pytest

from tests.agent.proposers.words import MemoryLedger
from tests.fakes.model_server import ModelServer, serving


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running, serving(running):
        yield running
