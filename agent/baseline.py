"""Candidate 0: the empty patch, evaluated like any other. It shows the machine's noise: identical code on both sides."""

from agent.decide import decide
from agent.evaluate import evaluate, search_plan
from agent.forecast import ADVICE, forecast
from agent.growth import decided, proposed
from agent.profiling import profile_candidate
from agent.search import Search
from core import stats
from core.candidate import Candidate, Decision, Proposal, Verdict
from core.errors import ConfigError
from core.problem import Objective
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


def _evaluate(search: Search, record: Record) -> Record:
    problem = search.bench.problem
    plan = stats.EXACT if problem.objective is Objective.INSTRUCTIONS else stats.NOISE
    evaluation = evaluate(EMPTY, search.bench, number=0, plan=plan)
    if evaluation.failure is not None:
        raise ConfigError(
            f"the unchanged code does not pass its own checks: {evaluation.failure.reason}\n"
            "It behaves differently from run to run; make the tests and the workload deterministic first."
        )
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
