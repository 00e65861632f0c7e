"""The candidates of a run: their lines, one with its samples, its profiles, what models were asked for it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from api.access import Reader, ServiceOf
from api.answers import told
from api.problems import RefusedError
from api.runs import LOOKING, found, or_not_found
from core.access import Scope
from core.candidate import Candidate
from core.listing import CandidateSummary
from core.profile import Profile
from core.proposing import ModelCall

router = APIRouter(prefix="/runs/{run_id}/candidates", tags=["candidates"])
_LARGEST = 2**31
Number = Annotated[int, Path(ge=0, le=_LARGEST)]


@router.get("", response_model=list[CandidateSummary], responses=LOOKING)
def list_candidates(
    run_id: str,
    caller: Reader,
    service: ServiceOf,
    after: Annotated[int, Query(ge=-1, le=_LARGEST, description="The number of the last one of the page before.")] = -1,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:
    """The lines of candidates by number."""
    del caller
    return told(service.store.catalogue.candidates(found(run_id, service).id, after=after, limit=limit))


@router.get("/{number}", response_model=Candidate, responses=LOOKING)
def show_candidate(run_id: str, number: Number, caller: Reader, service: ServiceOf) -> Response:
    """One candidate with every check and every sample."""
    del caller
    with or_not_found():
        return told(service.store.catalogue.candidate(found(run_id, service).id, number))


@router.get("/{number}/profiles", response_model=list[Profile], responses=LOOKING)
def show_profiles(run_id: str, number: Number, caller: Reader, service: ServiceOf) -> Response:
    """Where the candidate's cost goes; empty where it was not profiled."""
    del caller
    return told(service.store.catalogue.profiles(found(run_id, service).id, number))


@router.get("/{number}/calls", response_model=list[ModelCall], responses=LOOKING)
def show_calls(run_id: str, number: Number, caller: Reader, service: ServiceOf) -> Response:
    """What models were asked for the candidate, and what they answered. Not for the public: prompts hold the code."""
    if caller.token is None and caller.scope is Scope.READ:
        raise RefusedError(HTTPStatus.FORBIDDEN, "prompts and answers are shown to those with a token only")
    return told(service.store.catalogue.calls(found(run_id, service).id, number))
