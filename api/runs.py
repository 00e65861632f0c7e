"""Runs: list them, look at one, end it, take it up again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse, Response

from api.access import Reader, ServiceOf, Submitter
from api.answers import INERT, told
from api.bodies import GuardedRoute
from api.forms import BudgetForm
from api.problems import REFUSALS, UNREAD, RefusedError, documented
from api.service import Service
from core.errors import ConfigError
from core.listing import Order, RunFilter, RunPage
from core.run import RunKind, RunStatus, RunSummary
from worker.report.html import render
from worker.report.machine import everything
from worker.resuming import take_up

router = APIRouter(tags=["runs"], route_class=GuardedRoute)
MOST_LISTED = 500
LOOKING = documented(*REFUSALS, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)


@router.get("/runs", response_model=RunPage, responses=LOOKING)
def list_runs(  # noqa: PLR0917 - FastAPI calls it by name
    caller: Reader,
    service: ServiceOf,
    status: Annotated[list[RunStatus] | None, Query(description="One of these.")] = None,
    kind: RunKind | None = None,
    owner: Annotated[str, Query(max_length=200)] = "",
    repository: Annotated[str, Query(max_length=2000, description="Exactly as the run has it.")] = "",
    name: Annotated[str, Query(max_length=200, description="How the repository's short name begins.")] = "",
    batch: Annotated[str, Query(max_length=100)] = "",
    since: Annotated[datetime | None, Query(description="Created then or later.")] = None,
    until: Annotated[datetime | None, Query(description="Created before.")] = None,
    min_speedup: Annotated[float | None, Query(ge=0, allow_inf_nan=False)] = None,
    order: Order = Order.NEWEST,
    after: Annotated[str, Query(max_length=500, description="The cursor that came with the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 50,
) -> Response:
    """A page of runs."""
    del caller
    wanted = RunFilter(
        statuses=tuple(status or ()),
        kind=kind,
        owner=owner,
        repository=repository,
        name=name,
        batch=batch,
        since=_in_utc(since),
        until=_in_utc(until),
        min_speedup=min_speedup,
    )
    return told(service.store.catalogue.page(wanted, order=order, after=after, limit=limit))


@router.get("/runs/{run_id}", response_model=RunSummary, responses=LOOKING)
def show_run(run_id: str, caller: Reader, service: ServiceOf) -> Response:
    """A run's line."""
    del caller
    return told(found(run_id, service))


@router.get("/runs/{run_id}/record", responses=LOOKING, response_model=dict[str, object])
def show_record(run_id: str, caller: Reader, service: ServiceOf) -> Response:
    """Everything about a run, with every sample: the file run.json that the command line writes."""
    del caller
    return told(everything(service.store.load(found(run_id, service).id)))


@router.get("/runs/{run_id}/report", responses=LOOKING, response_class=Response)
def show_report(run_id: str, caller: Reader, service: ServiceOf) -> Response:
    """The report as a page that can do nothing."""
    del caller
    page = render(service.store.load(found(run_id, service).id))
    return Response(page, media_type="text/html", headers=INERT)


@router.get("/runs/{run_id}/patch", responses=LOOKING, response_class=PlainTextResponse)
def show_patch(run_id: str, caller: Reader, service: ServiceOf) -> Response:
    """The confirmed patch; 404 while there is none."""
    del caller
    run = found(run_id, service)
    winner = service.store.catalogue.winner(run.id)
    if winner is None:
        raise RefusedError(HTTPStatus.NOT_FOUND, f"run {run.id} has no confirmed patch; it is {run.status}")
    content = winner.proposal.patch.encode("utf-8", "surrogateescape")
    return Response(content, media_type="text/x-diff; charset=utf-8", headers=INERT)


@router.post("/runs/{run_id}/cancel", response_model=RunSummary, responses=LOOKING)
def cancel_run(run_id: str, caller: Submitter, service: ServiceOf) -> Response:
    """End a run: at once where it waits, within seconds where it is worked on. A run that is over stays as it is."""
    run = found(run_id, service)
    caller.require_owner(run)
    service.store.queue.cancel(run.id)
    return told(found(run.id, service))


@router.post("/runs/{run_id}/resume", response_model=RunSummary, responses={**LOOKING, **documented(*UNREAD)})
def resume_run(run_id: str, form: BudgetForm, caller: Submitter, service: ServiceOf) -> Response:
    """Take up a run that is over; the limits that are given replace its own."""
    run = found(run_id, service)
    caller.require_owner(run)
    take_up(run, form.budget(), store=service.store, settings=service.settings, nudge=service.nudge)
    return told(found(run.id, service))


def found(run_id: str, service: Service) -> RunSummary:
    """The run with this id or its beginning; RefusedError with 404 when there is none."""
    with or_not_found():
        return service.store.catalogue.summary(run_id)


@contextmanager
def or_not_found() -> Iterator[None]:
    """What the store does not know is not found."""
    try:
        yield
    except ConfigError as error:
        raise RefusedError(HTTPStatus.NOT_FOUND, str(error)) from error


def _in_utc(moment: datetime | None) -> datetime | None:
    """A time without a zone is taken for UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
