"""A page of a run that is worked on reads what changed, and all of that."""

from dataclasses import replace

import pytest
import streamlit as st

from api.service import Service
from core.candidate import Verdict
from core.queue import Ticket
from core.run import RunStatus
from core.service import HeldStore
from store.catalogue import SqlCatalogue
from store.sql import SqlStore
from tests.fakes.records import a_problem
from tests.fakes.records import a_run as a_recorded_run
from tests.store.facts import a_candidate, a_decision, an_evaluation
from webui import watching
from webui.desk import serve_from
from webui.watching import look

RUN = replace(a_recorded_run(a_problem(), status=RunStatus.QUEUED), id="3fa4")


@pytest.fixture
def held(service: Service, store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> HeldStore:
    """What the worker of a run writes to, whose page is open."""
    serve_from(service)
    monkeypatch.setattr(st, "session_state", {})
    store.queue.enqueue(RUN, Ticket())
    claim = store.queue.claim("w", machine="m", lease_seconds=60)
    assert claim is not None
    return store.held(claim)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """After which numbers candidates were read."""
    numbers: list[int] = []
    read = SqlCatalogue.candidates

    def note(catalogue: SqlCatalogue, run_id: str, *, after: int = -1, limit: int = 200) -> object:
        numbers.append(after)
        return read(catalogue, run_id, after=after, limit=limit)

    monkeypatch.setattr(SqlCatalogue, "candidates", note)
    return numbers


def propose(held: HeldStore, *numbers: int) -> None:
    for number in numbers:
        held.history(RUN.id).propose(a_candidate(number, parent=0 if number else None))


def decide(held: HeldStore, number: int, stage: str = "search") -> None:
    held.history(RUN.id).decide(number, an_evaluation(), a_decision())
    held.say(RUN.id, stage, f"candidate {number} accepted")


def verdicts() -> list[Verdict | None]:
    return [candidate.verdict for candidate in look(RUN.id).candidates]


def test_a_candidate_is_seen_decided_although_the_line_of_its_run_stays(held: HeldStore) -> None:
    propose(held, 0, 1)
    assert verdicts() == [None, None]
    decide(held, 0)
    assert verdicts() == [Verdict.ACCEPTED, None]


def test_what_has_its_verdict_is_not_read_again_while_the_search_goes_on(held: HeldStore, asked: list[int]) -> None:
    propose(held, 0, 1, 2)
    decide(held, 0)
    look(RUN.id)
    look(RUN.id)
    decide(held, 1)
    look(RUN.id)
    propose(held, 3)
    held.show_progress(RUN.id, "search", "candidate 3")
    assert verdicts() == [Verdict.ACCEPTED, Verdict.ACCEPTED, None, None]
    assert asked == [-1, 0, 1]


def test_a_verdict_that_fresh_samples_change_is_seen(held: HeldStore) -> None:
    propose(held, 0, 1)
    decide(held, 0)
    decide(held, 1)
    assert verdicts() == [Verdict.ACCEPTED, Verdict.ACCEPTED]
    held.history(RUN.id).confirm(1, an_evaluation(), replace(a_decision(), verdict=Verdict.NOT_FASTER))
    held.say(RUN.id, "confirm", "candidate 1 not faster")
    assert verdicts() == [Verdict.ACCEPTED, Verdict.NOT_FASTER]


def test_the_log_begins_near_its_end_and_goes_on(held: HeldStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_MOST_ENTRIES", 2)
    for word in ("one", "two", "three"):
        held.say(RUN.id, "search", word)
    assert [entry.message for entry in look(RUN.id).entries] == ["two", "three"]
    held.say(RUN.id, "search", "four")
    assert [entry.message for entry in look(RUN.id).entries] == ["three", "four"]


def test_another_run_is_read_from_its_beginning(held: HeldStore, store: SqlStore) -> None:
    propose(held, 0)
    look(RUN.id)
    store.create(replace(RUN, id="7b00"))
    assert look("7b00").candidates == ()
