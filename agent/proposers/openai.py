"""Proposals from a language model behind any server that speaks OpenAI's chat completions protocol."""

import logging
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai

from agent.proposers import replies, tariff
from agent.proposers.desk import Delivery, Desk, Model
from agent.proposers.dialogue import Dialogue
from agent.proposers.patience import Patience, UnansweredError
from core.candidate import Proposal
from core.errors import ConfigError
from core.proposing import Brief
from core.protocols import Ledger

_log = logging.getLogger(__name__)

_OFFICIAL_URL = "https://api.openai.com/v1"
_LARGEST_BODY_BYTES = 500_000
_NO_SUCH_HOST = {socket.EAI_NONAME, socket.EAI_NODATA}
SHORTEST_SECRET = 8
"""Characters of a key that is one."""
_FIXED_BY_SUBMITTER = {401: "refused the API key", 403: "refused access", 404: "does not know this address or model"}
_WORTH_RETRYING = {408, 409, 429}


@dataclass(frozen=True, kw_only=True)
class OpenAI:
    """Asks a model for directions, then for one edit in each direction, telling it what earlier candidates taught."""

    model: str
    base_url: str | None = None
    """Of an OpenAI-compatible server, usually ending in /v1; None for OpenAI's own."""
    api_key: str = field(default="", repr=False)
    temperature: float | None = None
    """None leaves it to the server; reasoning models accept nothing else."""
    seed: int | None = None
    """The candidate's number is added for each question."""
    reasoning_effort: str | None = None
    max_output_tokens: int = 8192
    timeout_seconds: float = 120.0
    """For one attempt at a question, from its start to the last byte of the answer."""
    patience_seconds: float = 120.0
    """How long a server that is busy, broken or out of reach is asked again, from the first failure on."""
    longest_wait_seconds: float = 60.0
    """Between attempts, whatever the server asks for."""
    input_dollars_per_million: float | None = None
    """Price of a million tokens; None for the published price."""
    output_dollars_per_million: float | None = None
    directions: int = 5
    """How many to ask for at once; 0 to work through a fixed list without asking."""
    rounds: int = 4
    """How often to ask for directions for the same parent."""
    schema: bool = False
    """Hold answers to a JSON schema, where the server can, in place of search/replace blocks."""
    prompt_characters: int = 48_000

    def __post_init__(self) -> None:
        if (self.input_dollars_per_million is None) != (self.output_dollars_per_million is None):
            raise ConfigError("set both input_dollars_per_million and output_dollars_per_million, or neither")
        if self.base_url is not None and not _is_web_address(self.base_url):
            raise ConfigError(f"base_url is {self.base_url!r}; it must look like {_OFFICIAL_URL}")
        if not self.api_key.isascii() or self.api_key.split() not in ([], [self.api_key]):
            raise ConfigError("the API key holds spaces or characters that no key has")

    @property
    def name(self) -> str:
        """As shown to people."""
        return f"openai:{self.model}"

    def propose(self, brief: Brief, ledger: Ledger) -> Proposal | None:
        """The next edit; None when all rounds of directions are used up or the budget has no room for a question."""
        dialogue = Dialogue(
            name=self.name,
            directions=self.directions,
            rounds=self.rounds,
            schema=self.schema,
            prompt_characters=self.prompt_characters,
        )
        return dialogue.propose(brief, Desk(self._model(), brief, ledger))

    def _model(self) -> Model:
        price = self.price()
        if price is None:
            _log.warning("the price of %s is not known: its tokens are counted, its dollars are not", self.model)
        sampling = {"temperature": self.temperature, "reasoning_effort": self.reasoning_effort}
        return Model(
            name=self.model,
            endpoint=self._endpoint(),
            tariff=price,
            max_output_tokens=self.max_output_tokens,
            limit_parameter="max_completion_tokens" if self.base_url is None else "max_tokens",
            sampling={key: value for key, value in sampling.items() if value is not None},
            seed=self.seed,
        )

    def _endpoint(self) -> "Server":
        if self.base_url is None and not self.api_key:
            raise ConfigError("no API key: set OPENAI_API_KEY, or the option base_url of a server that needs none")
        return Server(
            base_url=self.base_url or _OFFICIAL_URL,
            api_key=self.api_key,
            timeout_seconds=self.timeout_seconds,
            patience_seconds=self.patience_seconds,
            longest_wait_seconds=self.longest_wait_seconds,
        )

    def price(self) -> tariff.Tariff | None:
        """What tokens cost: as the options say, else as published; None when nobody knows."""
        if self.input_dollars_per_million is not None and self.output_dollars_per_million is not None:
            return tariff.per_million(self.input_dollars_per_million, self.output_dollars_per_million)
        return tariff.listed(self.model, self.base_url or _OFFICIAL_URL)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


@dataclass(frozen=True, kw_only=True)
class Server:
    """Sends requests, waiting longer and longer while the server is busy, broken or out of reach."""

    base_url: str
    api_key: str = field(repr=False)
    timeout_seconds: float
    patience_seconds: float
    longest_wait_seconds: float
    sleep: Callable[[float], None] = time.sleep

    def send(
        self, request: Mapping[str, object], *, most_lost: int | None = None, most_seconds: float | None = None
    ) -> Delivery:
        """The answer, or why there is none after the last attempt; no message holds the key."""
        patience = Patience(
            seconds=self.patience_seconds,
            longest_wait_seconds=self.longest_wait_seconds,
            most_lost=most_lost,
            most_seconds=most_seconds,
            told=self._say_that_it_waits,
            sleep=self.sleep,
        )
        try:
            reply = replies.read(patience.answer(lambda: self._attempt(request)))
            reply = replace(reply, text=self._without_key(reply.text), problem=self._without_key(reply.problem))
            return Delivery(reply=reply, lost_attempts=patience.lost)
        except UnansweredError as failure:
            attempts = len(patience.failures)
            count = "1 attempt" if attempts == 1 else f"{attempts} attempts"
            error = f"no answer from {self.base_url} after {count}: {failure}"
            return Delivery(error=error, lost_attempts=patience.lost)

    def _say_that_it_waits(self, failure: UnansweredError) -> None:
        patience = f"it is asked again for up to {self.patience_seconds:g} seconds"
        _log.warning("no answer from %s: %s; %s", self.base_url, failure, patience)

    def _attempt(self, request: Mapping[str, object]) -> bytes:
        """The body of the answer. Raises UnansweredError, or ConfigError when only the submitter can help."""
        options: dict[str, Any] = dict(request)
        try:
            with self._client() as client:
                return client.chat.completions.with_raw_response.create(**options).content
        except openai.APIStatusError as error:
            raise self._refusal(error) from None
        except openai.APITimeoutError as error:
            why = f"timed out after {self.timeout_seconds:g} seconds"
            raise UnansweredError(why, lost=_was_sent(error)) from None
        except openai.APIConnectionError as error:
            why = self._without_key(replies.clipped(f"{error} {error.__cause__ or ''}"))
            raise UnansweredError(why, lost=_was_sent(error), retry=not _is_unknown_host(error)) from None

    def _client(self) -> openai.OpenAI:
        away = urlsplit(self.base_url).hostname not in {"localhost", "127.0.0.1", "::1"}
        return openai.OpenAI(
            api_key=self.api_key or "none",
            base_url=self.base_url,
            max_retries=0,
            timeout=self.timeout_seconds,
            http_client=_BoundedClient(timeout=self.timeout_seconds, trust_env=away),
        )

    def _refusal(self, error: openai.APIStatusError) -> Exception:
        said = self._without_key(replies.clipped(error.message))
        status = error.status_code
        if status in _FIXED_BY_SUBMITTER:
            return ConfigError(f"{self.base_url} {_FIXED_BY_SUBMITTER[status]} (status {status}): {said}")
        retry = status in _WORTH_RETRYING or status >= 500  # noqa: PLR2004 - the server's own failures
        wait_seconds = _retry_after(error.response.headers.get("retry-after", ""))
        return UnansweredError(f"status {status}: {said}", retry=retry, wait_seconds=wait_seconds)

    def _without_key(self, text: str) -> str:
        """A server sees the key and could send it back. Servers of one's own often take any word for a key: that is no secret,
        and every answer may hold it.
        """
        return text.replace(self.api_key, "[API key]") if len(self.api_key) >= SHORTEST_SECRET else text


def _was_sent(error: openai.APIConnectionError) -> bool:
    return not isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)


def _is_unknown_host(error: BaseException | None) -> bool:
    """Whether the name of the server means nothing: waiting does not help."""
    while error is not None:
        if isinstance(error, socket.gaierror):
            return error.errno in _NO_SUCH_HOST
        error = error.__cause__ or error.__context__
    return False


def _retry_after(header: str) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or a date; None when it says neither."""
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(0.0, seconds) if seconds == seconds else None  # noqa: PLR0124 - "nan" is a number to float()


class _BoundedClient(openai.DefaultHttpxClient):
    """Reads whole answers only, up to a size and within the time-out in all, however slowly the server sends them.

    One read may block for the time-out on its own, so that an answer takes at most twice that.
    """

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """The response with its body read, of whatever status."""
        deadline = time.monotonic() + (self.timeout.read or 0.0)
        response = super().send(request, **{**options, "stream": True})
        try:
            body = self._read(response, deadline)
        finally:
            response.close()
        kept = {name: response.headers[name] for name in ("content-type", "retry-after") if name in response.headers}
        return httpx2.Response(response.status_code, headers=kept, content=body, request=response.request)

    def _read(self, response: httpx2.Response, deadline: float) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > _LARGEST_BODY_BYTES:
                why = f"the answer is longer than {_LARGEST_BODY_BYTES} bytes"
                raise UnansweredError(why, lost=response.is_success, retry=False)
            if time.monotonic() > deadline:
                raise UnansweredError("timed out in the middle of the answer", lost=response.is_success)
        return bytes(body)
