"""Writes a record that never ran into a store, as if it had."""

from dataclasses import replace
from datetime import UTC, datetime

from core.proposing import ModelCall
from core.protocols import Store
from core.run import Record, RunStatus
from tests.fakes.service import ServiceStore


def remember(store: Store, record: Record, *, run_id: str = "") -> str:
    """The id under which all of `record` is in `store` now."""
    run = replace(record.run, id=run_id or record.run.id)
    store.create(replace(run, status=RunStatus.QUEUED))
    history = store.history(run.id)
    for candidate in record.candidates:
        history.propose(replace(candidate, evaluation=None, decision=None, confirmation=None, confirmed=None))
        if candidate.evaluation and candidate.decision:
            history.decide(candidate.number, candidate.evaluation, candidate.decision)
        if candidate.confirmation and candidate.confirmed:
            history.confirm(candidate.number, candidate.confirmation, candidate.confirmed)
    for number, profiles in record.profiles.items():
        history.profile(number, profiles)
    if run.status is not RunStatus.QUEUED:
        store.transition(run.id, run.status, error=run.error, stopped_by=run.stopped_by)
    return run.id


def remember_saying(store: ServiceStore, run_id: str, number: int, text: str) -> None:
    """A hint, an entry of the log, and a question to a model about a candidate, each of them `text`."""
    store.queue.add_hint(run_id, text, text)
    store.say(run_id, text, text)
    call = ModelCall(
        key="edit",
        candidate=number,
        purpose=text,
        model=text,
        prompt=text,
        answer=f"{text}\n{'y' * 2**20}",
        error=text,
        input_tokens=10,
        output_tokens=5,
        dollars=0.25,
        seconds=1.5,
        asked_at=datetime(2026, 11, 21, 14, 40, tzinfo=UTC),
    )
    store.ledger(run_id).record(call)
