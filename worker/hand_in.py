"""The one door for work that waits: what `worker.submit` records for a terminal is recorded for workers here, then told them."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from core.allowance import may_cost
from core.queue import Ticket
from core.run import Run
from sandbox.addresses import remote_of
from sandbox.archives import is_archive
from sandbox.scratch import remove
from store.sql import SqlStore
from worker.allowance import within_the_day
from worker.settings import Settings
from worker.source import submitted_archive
from worker.submit import Request, default_proposers, new_id, prepare


def hand_in(
    request: Request,
    ticket: Ticket,
    *,
    store: SqlStore,
    settings: Settings,
    nudge: Callable[[Sequence[str]], None],
    dollars_per_day: float | None = None,
) -> str:
    """The id of the run that `request` asks for, which waits for a worker now; of an earlier one where the ticket's owner has
    used its key before. ConfigError when it can't be carried out, or the key stands for another request; AllowanceError when
    the owner's runs may cost no more than `dollars_per_day`, and that leaves less than it asks for.
    """
    ticket = ticket if ticket.fingerprint else replace(ticket, fingerprint=fingerprint_of(request, settings))
    earlier = store.queue.submitted(ticket)
    if earlier is not None:
        return earlier
    bounded = request
    if request.patch is None and may_cost(request.proposers or default_proposers(settings)):
        budget = within_the_day(request.budget, ticket.owner, dollars_per_day, store.keyring)
        bounded = replace(request, budget=budget)
    run_id = new_id()
    workspace = settings.workspace(run_id)
    recorded = ""
    try:
        run = _prepared(request, bounded, run_id, settings)
        archive = submitted_archive(workspace)
        recorded = store.queue.enqueue(run, ticket, archive=archive, dollars_per_day=dollars_per_day)
    finally:
        # Workers of a team have homes of their own; and the same request may have come in twice at the same moment.
        if recorded != run_id or settings.work.broker_url is not None:
            remove(workspace)
    nudge([recorded])
    return recorded


def _prepared(request: Request, bounded: Request, run_id: str, settings: Settings) -> Run:
    """The run that `request` asks for. It has to be possible within the day as well: where dollars are limited, the price of its
    model has to be known before anything is fetched. What the day leaves may be another sum when the run is recorded.
    """
    run = prepare(bounded, run_id, settings.workspace(run_id), settings)
    return (
        run if request.patch is not None else replace(run, budget=replace(run.budget, dollars=request.budget.dollars))
    )


def fingerprint_of(request: Request, settings: Settings) -> str:
    """A digest of what is asked for: of an archive's content, whatever its name."""
    asked = {**asdict(request), "repository": _named(request.repository, settings), "name": ""}
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


def _named(repository: str, settings: Settings) -> str:
    path = Path(repository)
    if remote_of(repository, settings.sources) or not path.is_file() or not is_archive(path):
        return repository
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
