"""Batches: the runs that share a name, counted and ended together. They are handed in one by one, as all runs are."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from api.access import Reader, ServiceOf, Submitter
from api.answers import told
from api.runs import LOOKING, or_not_found
from core.access import Scope
from core.listing import BatchSummary

router = APIRouter(prefix="/batches/{name}", tags=["batches"])
Name = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9_.:-]+$", description="The name that its runs share.")]


@router.get("", response_model=BatchSummary, responses=LOOKING)
def show_batch(
    name: Name,
    caller: Reader,
    service: ServiceOf,
    owner: Annotated[str, Query(max_length=200, description="Only this owner's runs.")] = "",
) -> Response:
    """How the runs of a batch stand, how many are confirmed faster and by how much, and what they cost."""
    del caller
    with or_not_found():
        return told(service.store.catalogue.batch(name, owner=owner))


@router.post("/cancel", response_model=BatchSummary, responses=LOOKING)
def cancel_batch(name: Name, caller: Submitter, service: ServiceOf) -> Response:
    """End the caller's runs of a batch, or all of them where an admin asks: as ending each of them. The others stay."""
    owner = "" if caller.scope is Scope.ADMIN else caller.name
    with or_not_found():
        service.store.queue.cancel_batch(name, owner=owner)
        return told(service.store.catalogue.batch(name, owner=owner))
