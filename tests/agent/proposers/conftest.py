"""A ledger and a running model server for each test."""

import threading
from collections.abc import Iterator

import pytest

from tests.agent.proposers.words import MemoryLedger
from tests.fakes.model_server import ModelServer


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join()
