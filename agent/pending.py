"""Third verb: of the candidates that are pending, evaluate one here, or take over what others have found out."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.evaluate import evaluate, search_plan
from agent.growth import heard
from agent.search import Bench, Search
from core.candidate import Candidate, Evaluation
from core.progress import CandidateProposed
from core.run import Record


@dataclass(frozen=True, kw_only=True)
class Observed:
    """A candidate that was evaluated here."""

    number: int
    evaluation: Evaluation


def hear_all(search: Search, record: Record) -> Record:
    """The record with the verdicts that others have found meanwhile."""
    for candidate in search.crew.finished(frozenset(candidate.number for candidate in record.pending)):
        record = heard(search, record, candidate)
    return record


def evaluate_one(search: Search, pending: Sequence[Candidate]) -> Observed | None:
    """The oldest pending candidate that nobody else has taken; None, after some patience, when others have taken all."""
    mine = next((candidate for candidate in pending if search.crew.take(candidate.number)), None)
    if mine is None:
        search.crew.wait()
        return None
    return observed(search.bench, mine)


def observed(bench: Bench, candidate: Candidate) -> Observed:
    """Everything about a candidate that shows on this machine."""
    bench.notify(CandidateProposed(candidate=candidate))
    plan = search_plan(bench.problem.objective)
    return Observed(
        number=candidate.number, evaluation=evaluate(candidate.proposal, bench, number=candidate.number, plan=plan)
    )
