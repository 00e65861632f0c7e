"""How much a question may cost at most, and whether that fits what is left of the budget.

Both bounds hold for every tokenizer in use: no token is shorter than one byte, and the server stops an answer at the
limit it was given. What a server reports beyond them is not believed, so that a run never exceeds its budget.
"""

from bisect import bisect_right
from dataclasses import dataclass

from agent.proposers.replies import Reply
from agent.proposers.tariff import Tariff
from core.spend import Budget

_LEAST_OUTPUT_TOKENS = 256
"""A question that leaves less room for its answer is not worth asking."""


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """The most that one attempt at a question may use."""

    input_tokens: int
    output_tokens: int
    attempts: int | None
    """How many attempts of that size the budget has room for; None for any number."""


def allow(request_bytes: int, most_output: int, left: Budget, tariff: Tariff) -> Allowance | None:
    """The allowance for a request of this size, its output lowered to fit the budget; None when too little would fit."""
    output = min(
        _output_for_tokens(request_bytes, most_output, left),
        _output_for_dollars(request_bytes, most_output, left, tariff),
    )
    if output < min(_LEAST_OUTPUT_TOKENS, most_output):
        return None
    price = tariff(request_bytes, output)
    rooms = []
    if left.tokens is not None:
        rooms.append(left.tokens // (request_bytes + output))
    if left.dollars is not None and price > 0:
        rooms.append(int(left.dollars / price))
    return Allowance(input_tokens=request_bytes, output_tokens=output, attempts=max(1, min(rooms)) if rooms else None)


def _output_for_tokens(inputs: int, most: int, left: Budget) -> int:
    return most if left.tokens is None else min(most, left.tokens - inputs)


def _output_for_dollars(inputs: int, most: int, left: Budget, tariff: Tariff) -> int:
    """The longest output that can be paid; negative when not even the input can."""
    if left.dollars is None:
        return most
    return bisect_right(range(most + 1), left.dollars, key=lambda outputs: tariff(inputs, outputs)) - 1


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Tokens that count against the budget."""

    input_tokens: int
    output_tokens: int


def used(allowance: Allowance, reply: Reply | None, lost_attempts: int) -> Usage:
    """What a question used: the reply as reported, the whole allowance where nothing credible is reported, and the
    whole of it again for each lost attempt.
    """
    inputs, outputs = allowance.input_tokens * lost_attempts, allowance.output_tokens * lost_attempts
    if reply is not None:
        inputs += _credible(reply.input_tokens, allowance.input_tokens)
        outputs += _credible(reply.output_tokens, allowance.output_tokens)
    return Usage(input_tokens=inputs, output_tokens=outputs)


def _credible(reported: int | None, bound: int) -> int:
    return bound if reported is None else min(reported, bound)
