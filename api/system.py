"""Whether the service lives, whether it can work, and how it does: health, workers, metrics."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel, Field

from api.access import Reader, ServiceOf
from api.answers import told
from api.metrics import Metrics
from api.problems import REFUSALS, documented
from core.queue import WorkerState

router = APIRouter(tags=["system"])
open_router = APIRouter(tags=["system"])
"""For those who look after the service; nothing in it is anybody's."""


class Health(BaseModel):
    """Whether the service can be used."""

    status: Annotated[str, Field(description="`ok`; everything else is a problem.")]


@router.get("/workers", response_model=list[WorkerState], responses=documented(*REFUSALS))
def list_workers(caller: Reader, service: ServiceOf) -> Response:
    """The workers that have told of themselves lately, and what each works on."""
    del caller
    return told(service.store.catalogue.workers())


@open_router.get("/healthz")
async def alive() -> Health:
    """The process answers, also while all of its threads are busy."""
    return Health(status="ok")


@open_router.get("/readyz", responses=documented(REFUSALS[-1]))
def ready(service: ServiceOf) -> Health:
    """The store answers, too."""
    service.store.catalogue.counts()
    return Health(status="ok")


@open_router.get("/metrics", response_class=PlainTextResponse, responses=documented(*REFUSALS))
def metrics(request: Request, caller: Reader, service: ServiceOf) -> Response:
    """For Prometheus. With a token as everything else: how much is spent is nobody else's business."""
    del caller
    found: Metrics = request.app.state.metrics
    return Response(found.text(service.store), media_type="text/plain; version=0.0.4; charset=utf-8")
