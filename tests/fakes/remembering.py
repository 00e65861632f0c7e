"""Writes a record that never ran into a store, as if it had."""

from dataclasses import replace

from core.protocols import Store
from core.run import Record, RunStatus


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
