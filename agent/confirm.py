"""Measure the winner again: only fresh samples are reported, those that chose it are not."""

from agent.decide import decide
from agent.evaluate import evaluate
from agent.growth import confirmed
from agent.search import Search
from agent.strategies.standing import standing
from core import stats
from core.candidate import MINIMISER, Candidate, Verdict
from core.problem import Objective
from core.run import Record

MOST_ATTEMPTS = stats.MOST_CONFIRMATIONS
"""How many candidates may be put to the test; the error rate is shared among them."""


def confirmation_plan(objective: Objective) -> stats.Plan:
    """How pairs are looked at when a winner is measured again."""
    return stats.EXACT_CONFIRMATION if objective is Objective.INSTRUCTIONS else stats.CONFIRMATION


def confirm(search: Search, record: Record) -> Record:
    """`record` with fresh samples of the best candidate; the next best is tried when one does not hold."""
    while _attempts(record) < MOST_ATTEMPTS:
        best = _best_unconfirmed(record)
        if best is None:
            break
        record = confirm_candidate(search, record, best)
    return record


def confirm_candidate(search: Search, record: Record, candidate: Candidate) -> Record:
    """`record` with fresh samples of `candidate`."""
    problem = search.bench.problem
    plan = confirmation_plan(problem.objective)
    evaluation = evaluate(candidate.proposal, search.bench, number=candidate.number, plan=plan, purpose="confirmation")
    decision = decide(evaluation, problem, plan, success=Verdict.CONFIRMED)
    return confirmed(search, record, candidate.number, evaluation, decision)


def _attempts(record: Record) -> int:
    return sum(candidate.confirmed is not None for candidate in record.candidates)


def _best_unconfirmed(record: Record) -> Candidate | None:
    """The best candidate, or what is left of it after minimising; None when that is confirmed, or nothing was accepted."""
    ranked = standing(record.candidates)
    best = ranked[0]
    smaller = (c for c in ranked if c.parent == best.number and c.proposal.proposer == MINIMISER)
    chosen = next(smaller, best)
    return chosen if chosen.verdict is Verdict.ACCEPTED else None
