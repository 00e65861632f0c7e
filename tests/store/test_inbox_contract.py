"""What whoever attends to events may rely on."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core.inbox import MOST_TURNS, Event
from store.sql import SqlStore
from tests.fakes.service import ServiceStore

SECONDS = 60.0


def an_event(number: int = 1) -> Event:
    return Event(id=f"e{number}", name="pull_request", payload='{"a": "ö\\u0000\\ud800"}')


def test_events_are_taken_in_the_order_in_which_they_came_and_each_by_one(store: ServiceStore) -> None:
    events = [an_event(number) for number in (3, 1, 2)]
    assert [store.inbox.receive(event) for event in events] == [True] * 3
    assert [store.inbox.take(f"w{number}", lease_seconds=SECONDS) for number in range(4)] == [*events, None]


def test_an_event_that_is_sent_again_is_attended_to_once(store: ServiceStore) -> None:
    assert store.inbox.receive(an_event())
    assert not store.inbox.receive(an_event())
    assert store.inbox.take("w", lease_seconds=SECONDS) == an_event()
    store.inbox.settle("e1", "w", "faster")
    assert not store.inbox.receive(an_event())
    assert store.inbox.take("w", lease_seconds=SECONDS) is None


def test_what_a_silent_holder_had_is_another_s_and_the_silent_one_can_do_nothing(store: ServiceStore) -> None:
    store.inbox.receive(an_event())
    store.inbox.take("silent", lease_seconds=-1)
    assert store.inbox.take("other", lease_seconds=SECONDS) == an_event()
    assert not store.inbox.hold("e1", "silent", lease_seconds=SECONDS)
    store.inbox.settle("e1", "silent", "done")
    store.inbox.put_back("e1", "silent")
    assert store.inbox.hold("e1", "other", lease_seconds=SECONDS)
    assert store.inbox.take("third", lease_seconds=SECONDS) is None


def test_whoever_goes_on_with_an_event_learns_what_it_is_about(store: ServiceStore) -> None:
    store.inbox.receive(an_event())
    store.inbox.take("silent", lease_seconds=-1)
    assert store.inbox.begin("e1", "silent", revision="c1", head="h1")
    assert store.inbox.take("other", lease_seconds=SECONDS) == replace(an_event(), revision="c1", head="h1")
    assert not store.inbox.begin("e1", "silent", revision="c2", head="")
    store.inbox.put_back("e1", "other")
    assert store.inbox.take("third", lease_seconds=SECONDS) == replace(an_event(), revision="c1", head="h1")


def test_what_is_put_back_is_taken_at_once_and_costs_no_turn(store: ServiceStore) -> None:
    store.inbox.receive(an_event())
    for _ in range(2 * MOST_TURNS):
        assert store.inbox.take("w", lease_seconds=SECONDS) == an_event()
        store.inbox.put_back("e1", "w")


def test_what_is_put_back_for_later_waits_and_is_no_longer_the_holder_s(store: ServiceStore) -> None:
    store.inbox.receive(an_event())
    for _ in range(2 * MOST_TURNS):
        store.inbox.take("w", lease_seconds=SECONDS)
        store.inbox.put_back("e1", "w", seconds=-1)
    assert store.inbox.take("w", lease_seconds=SECONDS) == an_event()
    store.inbox.put_back("e1", "w", seconds=SECONDS)
    assert not store.inbox.hold("e1", "w", lease_seconds=SECONDS)
    assert store.inbox.take("w", lease_seconds=SECONDS) is None


def test_what_is_put_back_for_days_is_given_up_in_the_end(store: ServiceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.inbox.PATIENCE_SECONDS", -1)
    monkeypatch.setattr("tests.fakes.inbox.PATIENCE_SECONDS", -1)
    store.inbox.receive(an_event())
    for _ in range(MOST_TURNS):
        assert store.inbox.take("w", lease_seconds=SECONDS) == an_event()
        store.inbox.put_back("e1", "w")
    assert store.inbox.take("w", lease_seconds=SECONDS) is None


def test_what_is_laid_aside_lets_others_by_and_is_not_given_up_however_often(
    store: ServiceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.inbox.PATIENCE_SECONDS", -1)
    monkeypatch.setattr("tests.fakes.inbox.PATIENCE_SECONDS", -1)
    store.inbox.receive(an_event(1))
    for _ in range(2 * MOST_TURNS):
        assert store.inbox.take("w", lease_seconds=SECONDS) == an_event(1)
        store.inbox.lay_aside("e1", "another", seconds=SECONDS)
        store.inbox.lay_aside("e1", "w", seconds=-1)
    store.inbox.receive(an_event(2))
    assert store.inbox.take("w", lease_seconds=SECONDS) == an_event(1)
    store.inbox.lay_aside("e1", "w", seconds=0.001)
    assert store.inbox.take("w", lease_seconds=SECONDS) == an_event(2)


def test_an_event_over_which_many_die_is_given_up(store: ServiceStore) -> None:
    store.inbox.receive(an_event(1))
    store.inbox.receive(an_event(2))
    for _ in range(MOST_TURNS):
        assert store.inbox.take("w", lease_seconds=-1) == an_event(1)
        store.inbox.hold("e1", "w", lease_seconds=-1)
    assert store.inbox.take("w", lease_seconds=SECONDS) == an_event(2)


def test_an_event_that_is_given_up_is_named_in_the_log(database: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    database.inbox.receive(an_event())
    for _ in range(MOST_TURNS + 1):
        database.inbox.take("w", lease_seconds=-1)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        f"event e1 is given up after {MOST_TURNS} turns"
    ]


@pytest.mark.parametrize("workers", [4])
def test_at_the_same_moment_an_event_is_received_and_taken_once(database: SqlStore, workers: int) -> None:
    with ThreadPoolExecutor(workers) as pool:
        new: Sequence[bool] = list(pool.map(lambda _: database.inbox.receive(an_event()), range(workers)))
        taken = list(pool.map(lambda name: database.inbox.take(f"w{name}", lease_seconds=SECONDS), range(workers)))
    assert sorted(new) == [False] * (workers - 1) + [True]
    assert [event for event in taken if event] == [an_event()]
