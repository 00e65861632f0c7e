"""First verb: is there budget left, and what to build the next candidate on."""

from dataclasses import dataclass

from agent.search import Search
from core.candidate import Candidate
from core.run import Record

SILENCE = 3
"""Proposals in a row that failed without a single token: the endpoint is down, and asking on would not end."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What to do next: build on `parent`, or end because of `stopped_by`."""

    parent: int | None = None
    stopped_by: str = ""


def select(search: Search, record: Record) -> Selection:
    """A pure function of the record but for the user's wish to stop."""
    if search.interrupted():
        return Selection(stopped_by="interrupted by the user")
    limit = search.budget.limit_reached(record.spend)
    if limit is not None:
        return Selection(stopped_by=limit)
    if _is_unanswered(record.candidates[search.known :]):
        return Selection(
            stopped_by=f"no answer from the proposer {SILENCE} times in a row: {record.candidates[-1].proposal.problem}"
        )
    parent = search.strategy.select(record.candidates)
    return (
        Selection(parent=parent)
        if parent is not None
        else Selection(stopped_by="the strategy sees nothing left to build on")
    )


def _is_unanswered(history: tuple[Candidate, ...]) -> bool:
    latest = [candidate.proposal for candidate in history[-SILENCE:]]
    return len(latest) == SILENCE and all(proposal.problem and not proposal.spend.tokens for proposal in latest)
