"""Who attends to an event holds it, and learns when it is another's."""

import threading
from dataclasses import dataclass, field

import pytest

from core.errors import StoreError
from core.inbox import Event
from tests.fakes.inbox import MemoryInbox
from worker.github.lease import held


@dataclass(kw_only=True)
class Watched(MemoryInbox):
    """Says when an event was held again."""

    is_gone: bool = False
    again: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def hold(self, event_id: str, holder: str, *, lease_seconds: float) -> bool:
        self.again.release()
        if self.is_gone:
            raise StoreError("no answer")
        return super().hold(event_id, holder, lease_seconds=lease_seconds)


@pytest.fixture
def inbox() -> Watched:
    inbox = Watched(kept={})
    inbox.receive(Event(id="e", name="pull_request", payload="{}"))
    inbox.take("w", lease_seconds=0.6)
    return inbox


def test_an_event_is_held_while_it_is_attended_to_and_not_longer(inbox: Watched) -> None:
    with held(inbox, "e", "w", seconds=0.6) as lost:
        for _ in range(8):
            assert inbox.again.acquire(timeout=10)
        assert not lost.is_set()
        assert inbox.take("other", lease_seconds=60) is None
    while inbox.again.acquire(blocking=False):
        continue
    assert not inbox.again.acquire(timeout=0.3)


def test_whoever_is_late_learns_that_it_is_another_s(inbox: Watched) -> None:
    inbox.kept["e"].holder = "other"
    with held(inbox, "e", "w", seconds=0.6) as lost:
        assert lost.wait(10)


def test_a_database_that_is_gone_for_a_lease_may_have_given_the_event_away(inbox: Watched) -> None:
    inbox.is_gone = True
    with held(inbox, "e", "w", seconds=0.6) as lost:
        assert inbox.again.acquire(timeout=10)
        assert not lost.is_set()
        assert lost.wait(10)
