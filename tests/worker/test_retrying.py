"""Somebody who is asked again: how often, and after which waits."""

import pytest

from worker.retrying import BusyError, persistently


def waits_of(error: BusyError, *, invited: int) -> list[float]:
    waits: list[float] = []

    def attempt() -> None:
        raise error

    with pytest.raises(BusyError):
        persistently(attempt, attempts=3, longest_wait_seconds=30.0, sleep=waits.append, invited=invited)
    return waits


def test_who_is_told_to_come_back_does_so_and_is_not_given_up_on_for_it() -> None:
    assert waits_of(BusyError("there is no room", 10.0, invites=True), invited=4) == [10.0] * 6


def test_what_is_broken_is_given_up_on_whatever_it_says() -> None:
    assert waits_of(BusyError("the disk is full", 5.0), invited=4) == [5.0, 5.0]


def test_nobody_is_asked_without_a_pause() -> None:
    assert waits_of(BusyError("at once", 0.0), invited=0) == [1.0, 1.0]
