"""The API of a perfsmith server, called over HTTP: what it refuses is a ConfigError in its own words."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2

from core.allowance import OUT_OF_ALLOWANCE
from core.candidate import Verdict
from core.errors import AllowanceError, ConfigError, StoreError
from core.queue import Ticket
from core.run import OVER, RunStatus
from sandbox.addresses import ANYWHERE_PUBLIC, Sources
from worker.remote.bodies import archive_of, body_of
from worker.result import Result, read_result
from worker.retrying import BusyError, persistently
from worker.submit import Request

ATTEMPTS = 6
PATIENT_ATTEMPTS = 25
"""Of a run that was handed in: about ten minutes, in which a server can be brought up anew."""
POLL_SECONDS = 2.0
_LONGEST_WAIT_SECONDS = 30.0
_INVITATIONS = 60
"""A server that is full says when to come back; so often it is believed, which is ten minutes and more."""
_FETCHED_SECONDS = 900.0
"""A server fetches what is handed in before it answers. To ask again meanwhile would have it fetched twice."""
_BUSY = (429, 500, 502, 503, 504)
_PLACES_TO_HAND_IN = ("/runs", "/judge", "/archives")
_LONGEST_DETAIL = 1000
_MOST_LISTED = 500
_LOCAL = ("localhost", "127.0.0.1", "::1")


class NoEntryError(ConfigError):
    """It is not about what is asked for: the token is not taken or may not hand in, or there is no perfsmith at this address."""


@dataclass(frozen=True, kw_only=True)
class RunState:
    """Where a run of a server stands."""

    run_id: str
    status: RunStatus
    progress: str
    """What it is doing, in words of the server's."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in OVER


@dataclass(frozen=True, kw_only=True)
class Server:
    """A perfsmith server and the right to use it. Every call may be repeated: submissions carry a key."""

    url: str
    """Where it answers, without /api/v1."""
    token: str = field(default="", repr=False)
    sources: Sources = ANYWHERE_PUBLIC
    """What this machine takes for the address of a repository, rather than for a path of its own."""
    timeout_seconds: float = 120.0
    attempts: int = ATTEMPTS
    """Before it is given up on."""
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ConfigError(
                f"{self.url!r} is no address of a server; it must look like https://perfsmith.example.org"
            )
        if self.token and parts.scheme == "http" and parts.hostname not in _LOCAL:
            raise ConfigError(f"{self.url} would be sent the token in the clear; use https")
        if not self.token.isascii() or self.token.split() not in ([], [self.token]):
            raise ConfigError("the token holds spaces or characters that no token has")

    def hand_in(self, request: Request, ticket: Ticket) -> RunState:
        """The run that `request` asks for: a new one, or that which the ticket's key stands for already. AllowanceError while the
        token's day leaves too few dollars.

        A repository that is a path of this machine is sent along; its files are part of the key.
        """
        body = body_of(request) | {"priority": ticket.priority, "batch": ticket.batch}
        if ticket.machines > 1:
            body["machines"] = ticket.machines
        archive = archive_of(request, self.sources)
        headers = {"Idempotency-Key": _key(ticket.key, archive)}
        if archive is not None:
            data, files = {"request": json.dumps(body)}, {"archive": archive}
            return _state(self._handed_in("/archives", headers=headers, data=data, files=files))
        body["repository"] = request.repository
        if request.ref is not None:
            body["ref"] = request.ref
        return _state(self._handed_in("/runs" if request.patch is None else "/judge", headers=headers, json=body))

    def state(self, run_id: str) -> RunState:
        """Where the run stands."""
        return _state(self._json("GET", f"/runs/{quote(run_id, safe='')}"))

    def under_way(self, batch: str) -> Mapping[str, RunState]:
        """The runs of a batch that are not over, by their ids: in one request for hundreds."""
        asked = {"batch": batch, "status": [RunStatus.QUEUED.value, RunStatus.RUNNING.value], "limit": _MOST_LISTED}
        found, after = dict[str, RunState](), ""
        while True:
            page = self._json("GET", "/runs", params={**asked, "after": after})
            states = [_state(line) for line in _lines(page)]
            found |= {state.run_id: state for state in states}
            after = str(page.get("after") or "")
            if not after:
                return found

    def cancel(self, run_id: str) -> RunState:
        """End the run."""
        return _state(self._json("POST", f"/runs/{quote(run_id, safe='')}/cancel"))

    def result(self, run_id: str) -> Result:
        """What came of the run so far."""
        found = self.record(run_id)
        confirmed = found.get("verdict") == Verdict.CONFIRMED
        patch = self._call("GET", f"/runs/{quote(run_id, safe='')}/patch") if confirmed else b""
        return read_result(found, patch=patch.decode("utf-8", "surrogateescape"))

    def record(self, run_id: str) -> Mapping[str, object]:
        """Everything about the run, as in run.json."""
        return self._json("GET", f"/runs/{quote(run_id, safe='')}/record")

    def report(self, run_id: str) -> bytes:
        """The report as a page."""
        return self._call("GET", f"/runs/{quote(run_id, safe='')}/report")

    def patient(self, told: Callable[[str], None]) -> "Server":
        """The same server, given up on after about ten minutes; `told` hears each time that it has no answer yet."""

        def sleep(seconds: float) -> None:
            told(f"{self.url} is busy or out of reach; it is asked again in {seconds:.0f} s")
            self.sleep(seconds)

        return replace(self, attempts=PATIENT_ATTEMPTS, sleep=sleep)

    def wait(self, state: RunState, told: Callable[[RunState], None] = lambda _: None) -> Result:
        """What came of the run that stood so, once it is over; `told` hears of every change, and of every silence."""
        patient = self.patient(lambda words: told(replace(state, progress=words)))
        known: RunState | None = None
        while True:
            if state != known:
                told(state)
                known = state
            if state.is_over:
                return patient.result(state.run_id)
            self.sleep(POLL_SECONDS)
            state = patient.state(state.run_id)

    def _handed_in(self, path: str, **options: Any) -> Mapping[str, object]:
        return self._json("POST", path, timeout=httpx2.Timeout(self.timeout_seconds, read=_FETCHED_SECONDS), **options)

    def _json(self, method: str, path: str, **options: Any) -> Mapping[str, object]:
        body = self._call(method, path, **options)
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise StoreError(f"{self.url} answers {method} {path} with something that is no JSON object")
        return found

    def _call(self, method: str, path: str, **options: Any) -> bytes:
        """The body of the answer. ConfigError for a refusal, StoreError when the server can't be reached for long."""
        tried = 0

        def attempt() -> bytes:
            nonlocal tried
            tried += 1
            return self._attempt(method, path, options)

        try:
            return persistently(
                attempt,
                attempts=self.attempts,
                longest_wait_seconds=_LONGEST_WAIT_SECONDS,
                sleep=self.sleep,
                invited=_INVITATIONS,
            )
        except BusyError as error:
            raise StoreError(f"{self.url} does not answer after {tried} attempts: {error}") from error

    def _attempt(self, method: str, path: str, options: dict[str, Any]) -> bytes:
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers = {**own, **options.get("headers", {})}
        away = urlsplit(self.url).hostname not in _LOCAL
        try:
            with httpx2.Client(timeout=self.timeout_seconds, trust_env=away, follow_redirects=False) as client:
                url = f"{self.url.rstrip('/')}/api/v1{path}"
                answer = client.request(method, url, **{**options, "headers": headers})
        except httpx2.ReadTimeout as error:
            if path in _PLACES_TO_HAND_IN:
                words = f"{self.url} has not taken it after {_FETCHED_SECONDS:g} s; ask again, what is being taken is not taken twice"
                raise StoreError(words) from error
            raise BusyError(f"{type(error).__name__}: {error}") from None
        except httpx2.TransportError as error:
            raise BusyError(f"{type(error).__name__}: {error}") from None
        if answer.is_success:
            return answer.content
        if answer.status_code in _BUSY:
            full = answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
            raise BusyError(_detail(answer), _retry_after(answer), invites=full)
        raise self._refusal(method, path, answer)

    def _refusal(self, method: str, path: str, answer: httpx2.Response) -> ConfigError:
        words = f"{self.url} refused {method} {path} ({answer.status_code}): {_detail(answer)}"
        if _problem(answer).get("type") == OUT_OF_ALLOWANCE:
            return AllowanceError(words)
        return NoEntryError(words) if _is_at_the_door(method, path, answer.status_code) else ConfigError(words)


def _key(key: str, archive: tuple[str, bytes] | None) -> str:
    """What was changed since is not what the key stood for."""
    return f"{key}:{hashlib.sha256(archive[1]).hexdigest()[:16]}" if key and archive else key


def _is_at_the_door(method: str, path: str, status: int) -> bool:
    """Whether nothing at all is taken from us: by a wrong address or token. 404 is about a run only where one is named."""
    elsewhere = range(HTTPStatus.MULTIPLE_CHOICES, HTTPStatus.BAD_REQUEST)
    wrong = status in elsewhere or status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
    return status == HTTPStatus.UNAUTHORIZED or (wrong and method == "POST" and path in _PLACES_TO_HAND_IN)


def _retry_after(answer: httpx2.Response) -> float | None:
    given = answer.headers.get("retry-after", "")
    return float(given) if given.isascii() and given.isdigit() else None


def _detail(answer: httpx2.Response) -> str:
    """The server's own words (RFC 9457), or the beginning of whatever it sent."""
    text = str(_problem(answer).get("detail") or answer.text.strip() or answer.reason_phrase)
    return text[:_LONGEST_DETAIL]


def _problem(answer: httpx2.Response) -> Mapping[str, object]:
    """The problem details that it holds, if any."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _lines(page: Mapping[str, object]) -> list[Mapping[str, object]]:
    lines = page.get("runs")
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise StoreError("the server's answer is no list of runs")
    return lines


def _state(found: Mapping[str, object]) -> RunState:
    try:
        words = " ".join(str(found[name]) for name in ("stage", "progress") if found[name])
        return RunState(run_id=str(found["id"]), status=RunStatus(str(found["status"])), progress=words)
    except (KeyError, ValueError) as error:
        raise StoreError(f"the server's answer is no run: {type(error).__name__}: {error}") from error
