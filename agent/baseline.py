"""Candidate 0: the empty patch, evaluated like any other. It shows the machine's noise: identical code on both sides."""

from agent.decide import decide
from agent.evaluate import evaluate, search_plan
from agent.forecast import ADVICE, forecast
from agent.growth import decided, proposed
from agent.profiling import profile_candidate
from agent.search import Bench, Search
from core import stats
from core.candidate import Candidate, Decision, Evaluation, Proposal, Verdict
from core.errors import ConfigError
from core.problem import Objective, Problem
from core.progress import Noted
from core.run import Record

EMPTY = Proposal(patch="", rationale="The code as it is.", direction="baseline", proposer="perfsmith")


def establish(search: Search, record: Record) -> Record:
    """`record` with an evaluated and profiled baseline; each step is skipped when an earlier process did it."""
    if not record.candidates:
        candidate = Candidate(number=0, parent=None, proposal=EMPTY)
        search.history.propose(candidate)
        record = proposed(record, candidate)
    if record.candidates[0].decision is None:
        record = _evaluate(search, record)
    if 0 not in record.profiles:
        record = profile_candidate(search, record, record.candidates[0])
    return record


def unchanged(bench: Bench) -> Evaluation:
    """What the unchanged code does beside itself on this machine; ConfigError when it does not pass its own checks here."""
    evaluation = evaluate(EMPTY, bench, number=0, plan=_plan(bench.problem))
    if evaluation.failure is not None:
        raise ConfigError(
            f"the unchanged code does not pass its own checks: {evaluation.failure.reason}\n"
            "It behaves differently from run to run; make the tests and the workload deterministic first."
        )
    return evaluation


def _plan(problem: Problem) -> stats.Plan:
    return stats.EXACT if problem.objective is Objective.INSTRUCTIONS else stats.NOISE


def _evaluate(search: Search, record: Record) -> Record:
    problem, plan = search.bench.problem, _plan(search.bench.problem)
    evaluation = unchanged(search.bench)
    seen = decide(evaluation, problem, plan, success=Verdict.BASELINE)
    if seen.verdict is Verdict.BASELINE:
        search.bench.notify(Noted(message=f"identical code measured as {seen.speedup}: this machine is very noisy now"))
    expected = forecast(evaluation, problem, search_plan(problem.objective))
    if expected is not None:
        search.bench.notify(Noted(message=str(expected)))
        if expected.too_noisy:
            search.bench.notify(Noted(message=ADVICE))
    reason = f"identical code on both sides measured as {seen.speedup}: the machine's noise"
    decision = Decision(verdict=Verdict.BASELINE, reason=reason, speedup=seen.speedup, by_workload=seen.by_workload)
    return decided(search, record, 0, evaluation, decision)
