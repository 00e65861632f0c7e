"""Hand in runs: a repository by its address or in an archive, or a patch to be judged."""

import json
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Header, UploadFile
from fastapi import Request as HttpRequest
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.datastructures import State

from api.access import Caller, ServiceOf, Submitter
from api.answers import told
from api.bodies import GuardedRoute
from api.forms import MOST_PATCH, JudgeForm, RunForm
from api.problems import REFUSALS, UNREAD, RefusedError, documented
from api.runs import found
from api.service import Service
from api.uploads import file_name, kept
from core.queue import Ticket
from core.run import RunSummary
from sandbox.addresses import remote_of
from worker.hand_in import fingerprint_of, hand_in
from worker.submit import Request

router = APIRouter(tags=["runs"], route_class=GuardedRoute)
_ANSWERS = {
    **documented(*REFUSALS, *UNREAD),
    200: {"model": RunSummary, "description": "The run that was handed in under this key before."},
}
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", max_length=200, description="The same key again gives the same run again."),
]


@dataclass(frozen=True, kw_only=True)
class _Door:
    """Where one caller hands one thing in."""

    caller: Caller
    service: Service
    key: str
    state: State
    """Of the request: the log learns from it which run this is about."""


def _door(asked: HttpRequest, caller: Submitter, service: ServiceOf, key: Key = None) -> _Door:
    return _Door(caller=caller, service=service, key=key or "", state=asked.state)


Door = Annotated[_Door, Depends(_door)]


@router.post("/runs", status_code=201, response_model=RunSummary, responses=_ANSWERS)
def submit_run(form: RunForm, door: Door) -> Response:
    """Hand in a search. Answers when the repository was fetched and the problem understood, before anything of it is run."""
    return _handed_in(form.request(address_of(form.repository, door.service)), form, door)


@router.post("/judge", status_code=201, response_model=RunSummary, responses=_ANSWERS)
def submit_patch(form: JudgeForm, door: Door) -> Response:
    """Hand in a patch to be judged."""
    return _handed_in(form.request(address_of(form.repository, door.service)), form, door)


@router.post("/archives", status_code=201, response_model=RunSummary, responses=_ANSWERS)
def submit_archive(
    archive: Annotated[UploadFile, File(description="A tar or zip archive of the repository.")],
    door: Door,
    request: Annotated[
        str, Form(max_length=MOST_PATCH + 100_000, description="As for /runs or /judge, as JSON, without repository.")
    ] = "{}",
) -> Response:
    """Hand in a search, or a patch to be judged (`"kind": "judge"`), for a repository in an archive that is sent along."""
    form = _form_beside(archive, request)
    with kept(archive, door.service.settings) as path:
        return _handed_in(replace(form.request(str(path)), name=path.name), form, door)


def _handed_in(request: Request, form: RunForm | JudgeForm, door: _Door) -> Response:
    ticket = _ticket(form, request, door)
    known = door.service.store.queue.submitted(ticket)
    run_id = known or _recorded(request, ticket, door)
    door.state.run = run_id
    status = HTTPStatus.OK if known else HTTPStatus.CREATED
    return told(found(run_id, door.service), status=status, headers={"Location": f"/api/v1/runs/{run_id}"})


def _recorded(request: Request, ticket: Ticket, door: _Door) -> str:
    service = door.service
    with service.submissions.taken(door.caller.name):
        return hand_in(
            request,
            ticket,
            store=service.store,
            settings=service.settings,
            nudge=service.nudge,
            dollars_per_day=door.caller.dollars_per_day,
        )


def _ticket(form: RunForm | JudgeForm, request: Request, door: _Door) -> Ticket:
    return Ticket(
        owner=door.caller.name,
        priority=form.priority,
        machines=form.machines,
        key=door.key,
        fingerprint=fingerprint_of(request, door.service.settings),
        batch=form.batch,
    )


def address_of(repository: str, service: Service) -> str:
    """The repository, when it is somewhere else: a path would be one of the server's."""
    if service.is_open or remote_of(repository, service.settings.sources):
        return repository
    raise RefusedError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        f"{repository!r} is no URL of a git repository; send a folder of yours as an archive to /api/v1/archives",
    )


def _form_beside(archive: UploadFile, text: str) -> RunForm | JudgeForm:
    """The request that came with an archive; its repository is the archive's name."""
    try:
        given = json.loads(text)
        if not isinstance(given, dict) or "repository" in given:
            raise RefusedError(
                HTTPStatus.UNPROCESSABLE_ENTITY, "request: it must be an object, without the key repository"
            )
        form = JudgeForm if given.get("kind") == "judge" else RunForm
        return form.model_validate({**given, "repository": file_name(archive.filename or "")})
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, f"request: {places}") from error
    except ValueError as error:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, f"request: no JSON: {error}") from error
