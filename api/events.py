"""What a run does, as it does it: its log as lines, and as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.access import Caller, Reader, ServiceOf, problem_of
from api.answers import line_of, told
from api.runs import LOOKING, found
from api.service import Service
from core.queue import LogEntry
from core.run import RunStatus, RunSummary

router = APIRouter(prefix="/runs/{run_id}", tags=["events"])
POLL_SECONDS = 1.0
TRUSTED_POLLS = 5
"""After so many the token is looked at again: it may have been revoked, or have expired."""
SILENCE_SECONDS = 15.0
"""After so long without an event a comment is sent: proxies close connections that are silent."""
PAGE = 200
STANDING = (RunStatus.QUEUED, RunStatus.RUNNING)


async def _place(caller: Reader, service: ServiceOf) -> AsyncIterator[None]:
    """One of the caller's places for streams, until the stream is over."""
    with service.streams.taken(caller.name):
        yield


@router.get("/log", response_model=list[LogEntry], responses=LOOKING)
def show_log(
    run_id: str,
    caller: Reader,
    service: ServiceOf,
    after: Annotated[int, Query(ge=0, le=2**31, description="The number of the last entry that is known.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = PAGE,
) -> Response:
    """What the run said while it was worked on."""
    del caller
    return told(service.store.catalogue.entries(found(run_id, service).id, after=after, limit=limit))


@router.get("/events", responses=LOOKING, response_class=StreamingResponse, dependencies=[Depends(_place)])
def stream_events(
    run_id: str,
    caller: Reader,
    service: ServiceOf,
    last: Annotated[str, Header(alias="Last-Event-ID", max_length=20, pattern=r"^[0-9]{0,10}$")] = "",
) -> StreamingResponse:
    """Server-sent events: `log` with an entry (its number is the event's id), `state` with the run's line whenever it changes,
    and `end` with the last line, after which the stream is over; or `refused` with the reason, when the token is good no longer.
    `Last-Event-ID` goes on after an entry.
    """
    events = _events(service, caller, found(run_id, service).id, after=int(last or 0))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _events(service: Service, caller: Caller, run_id: str, *, after: int) -> AsyncIterator[str]:
    """Ends when the run is over, when the caller's token is, or when the client goes away and the server closes this."""
    store, silent = service.store, 0.0
    shown: RunSummary | None = None
    for polls in count(1):
        if polls % TRUSTED_POLLS == 0 and (refusal := await run_in_threadpool(problem_of, service, caller)):
            yield _event("refused", {"detail": refusal})
            return
        state = await run_in_threadpool(store.catalogue.summary, run_id)
        entries = await run_in_threadpool(store.catalogue.entries, run_id, after=after, limit=PAGE)
        for entry in entries:
            after = entry.number
            yield _event("log", entry, number=entry.number)
        if len(entries) == PAGE:
            continue
        if state.status not in STANDING:
            yield _event("end", state)
            return
        if state != shown:
            shown, silent = state, 0.0
            yield _event("state", state)
        elif silent >= SILENCE_SECONDS:
            silent = 0.0
            yield ": still here\n\n"
        silent += POLL_SECONDS
        await asyncio.sleep(POLL_SECONDS)


def _event(name: str, fact: object, *, number: int | None = None) -> str:
    """One event. JSON on one line holds no line break, so nothing in it can end the event or begin another."""
    head = f"event: {name}\n" if number is None else f"event: {name}\nid: {number}\n"
    return f"{head}data: {line_of(fact)}\n\n"
