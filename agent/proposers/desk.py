"""Where questions go out to a model: each is remembered, fits the budget, and is paid for once."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from agent.proposers import replies
from agent.proposers.allowance import allow, used
from agent.proposers.tariff import Tariff
from core.errors import ConfigError
from core.proposing import Brief, ModelCall
from core.protocols import Ledger
from core.spend import NOTHING, Spend


@dataclass(frozen=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: str
    """system, user or assistant."""
    content: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked, independent of the model."""

    purpose: str
    """directions, edit or repair."""
    round: int = 1
    messages: tuple[Message, ...]
    answer_schema: Mapping[str, object] | None = None
    """Holds the model to JSON of this form, where its server can."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What came of sending a request."""

    reply: replies.Reply | None = None
    error: str = ""
    """Why there is no reply."""
    lost_attempts: int = 0
    """Attempts that reached the server, and may be billed, without an answer."""


class Endpoint(Protocol):
    """A server that speaks the chat completions protocol."""

    def send(self, request: Mapping[str, object], *, most_lost: int | None, most_seconds: float | None) -> Delivery:
        """Send, again if need be, but not after `most_lost` lost attempts or `most_seconds`; the last attempt goes on to its timeout.
        ConfigError when the server refuses for a reason that only the submitter can change.
        """


@dataclass(frozen=True, kw_only=True)
class Model:
    """Who is asked, with everything of a request but its messages."""

    name: str
    endpoint: Endpoint
    tariff: Tariff | None
    """None when the price is not known; dollars are then counted as 0."""
    max_output_tokens: int
    limit_parameter: str = "max_tokens"
    sampling: Mapping[str, object] = field(default_factory=dict)
    seed: int | None = None
    """The candidate's number is added, so that a question asked again for another candidate may get another answer."""


class Desk:
    """Asks one model on behalf of one candidate."""

    def __init__(self, model: Model, brief: Brief, ledger: Ledger) -> None:
        """ConfigError when the budget is in dollars and nobody knows the model's price."""
        if model.tariff is None and brief.budget_left.dollars is not None:
            raise ConfigError(
                f"the budget is in dollars, but the price of {model.name!r} is not known: set the options "
                "input_dollars_per_million and output_dollars_per_million, or a budget of tokens or candidates"
            )
        self.model = model
        self.brief = brief
        self.ledger = ledger
        self.spend = NOTHING
        """What the candidate's questions cost so far, those of an interrupted attempt included."""

    def recall(self, purpose: str, number: int, *, round_number: int = 1) -> ModelCall | None:
        """The answer that candidate `number` got, if it asked on top of the same parent; whatever has become known since, and would
        be in a question now.
        """
        return self.ledger.recall(self._key(purpose, round_number, number))

    def ask(self, question: Question) -> ModelCall | None:
        """The answer, stored before it is returned, perhaps long ago; None when the budget has no room to ask."""
        known = self.recall(question.purpose, self.brief.number, round_number=question.round)
        call = known or self._buy(question)
        if call is not None:
            tokens = call.input_tokens + call.output_tokens
            self.spend += Spend(tokens=tokens, dollars=call.dollars, seconds=call.seconds)
        return call

    def _request(self, question: Question, number: int) -> dict[str, object]:
        """The request but for the limit of its answer, which the budget decides."""
        request: dict[str, object] = {
            "model": self.model.name,
            "messages": [{"role": m.role, "content": replies.storable(m.content)} for m in question.messages],
            **self.model.sampling,
        }
        if self.model.seed is not None:
            request["seed"] = self.model.seed + number
        if question.answer_schema is not None:
            schema = {"name": question.purpose, "strict": True, "schema": question.answer_schema}
            request["response_format"] = {"type": "json_schema", "json_schema": schema}
        return request

    def _buy(self, question: Question) -> ModelCall | None:
        """Ask, and store what came of it."""
        request = self._request(question, self.brief.number)
        left = self.brief.budget_left.left(self.spend)
        allowance = allow(len(_as_json(request).encode()), self.model.max_output_tokens, left, self._price)
        if allowance is None:
            return None
        request[self.model.limit_parameter] = allowance.output_tokens
        asked_at, started = datetime.now(UTC), time.monotonic()
        delivery = self.model.endpoint.send(request, most_lost=allowance.attempts, most_seconds=left.seconds)
        reply = delivery.reply
        usage = used(allowance, reply, delivery.lost_attempts)
        call = ModelCall(
            key=self._key(question.purpose, question.round, self.brief.number),
            candidate=self.brief.number,
            purpose=question.purpose,
            model=self.model.name,
            prompt=_as_json(request),
            answer=reply.text if reply else "",
            error=reply.problem if reply else delivery.error,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            dollars=self._price(usage.input_tokens, usage.output_tokens),
            seconds=time.monotonic() - started,
            asked_at=asked_at,
        )
        self.ledger.record(call)
        return call

    def _key(self, purpose: str, round_number: int, number: int) -> str:
        parent = self.brief.parent.number  # what was pending when it was asked may be built on after an interruption
        identity = [number, parent, purpose, round_number, self.model.name, self.model.sampling, self.model.seed]
        return hashlib.sha256(_as_json(identity).encode()).hexdigest()

    def _price(self, inputs: int, outputs: int) -> float:
        return self.model.tariff(inputs, outputs) if self.model.tariff else 0.0


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
