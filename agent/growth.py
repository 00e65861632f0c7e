"""How a record grows: stored first, then seen by the loop, then told to whoever watches."""

from dataclasses import replace

from agent.search import Search
from core.candidate import Candidate, Decision, Evaluation
from core.progress import CandidateDecided
from core.run import Record


def proposed(record: Record, candidate: Candidate) -> Record:
    """`record` with a new candidate that is stored already."""
    return replace(record, candidates=(*record.candidates, candidate))


def decided(search: Search, record: Record, number: int, evaluation: Evaluation, decision: Decision) -> Record:
    """Store the verdict on candidate `number`."""
    candidate = replace(record.candidates[number], evaluation=evaluation, decision=decision)
    search.history.decide(number, evaluation, decision)
    return _told(search, _with(record, candidate), candidate)


def heard(search: Search, record: Record, candidate: Candidate) -> Record:
    """Take over a verdict that another process has stored."""
    return _told(search, _with(record, candidate), candidate)


def confirmed(search: Search, record: Record, number: int, confirmation: Evaluation, decision: Decision) -> Record:
    """Store what the fresh samples of candidate `number` said."""
    candidate = replace(record.candidates[number], confirmation=confirmation, confirmed=decision)
    search.history.confirm(number, confirmation, decision)
    return _told(search, _with(record, candidate), candidate)


def _with(record: Record, candidate: Candidate) -> Record:
    candidates = list(record.candidates)
    candidates[candidate.number] = candidate
    return replace(record, candidates=tuple(candidates))


def _told(search: Search, record: Record, candidate: Candidate) -> Record:
    search.bench.notify(CandidateDecided(candidate=candidate, spend=record.spend, budget=search.budget))
    return record
