"""The canary of every run: a candidate that only adds a comment, judged like any other. When it passes for faster, gains
of its size mean nothing here.
"""

from agent.decide import decide
from agent.evaluate import evaluate, search_plan
from agent.growth import decided, proposed
from agent.search import Bench, Search
from core import patch as patches
from core.candidate import CANARY, Candidate, Decision, Evaluation, Proposal, Verdict
from core.progress import Noted
from core.run import Record

COMMENT = "# A comment that changes nothing.\n"


def send_canary(search: Search, record: Record) -> Record:
    """`record` with an evaluated canary; as it is when there was one before, or no Python file may be edited.

    It has no parent, as the baseline: it is the original in other words.
    """
    patch = _patch(search.bench, record)
    if record.canary is None and patch:
        proposal = Proposal(patch=patch, rationale="Changes nothing.", direction="canary", proposer=CANARY)
        candidate = Candidate(number=len(record.candidates), parent=None, proposal=proposal)
        search.history.propose(candidate)
        record = proposed(record, candidate)
    canary = record.canary
    return _judged(search, record, canary) if canary and canary.decision is None else record


def _patch(bench: Bench, record: Record) -> str:
    """A comment at the end of the hottest file that may be edited, so that no line gets another number."""
    hot = [spot.path for profile in record.profiles.get(0, ()) for spot in profile.hotspots]
    files = [path for path in (*hot, *sorted(bench.sources)) if path in bench.sources and path.endswith(".py")]
    if not files:
        return ""
    text = bench.sources[files[0]]
    gap = "" if not text or text.endswith("\n") else "\n"
    return patches.diff(bench.sources, {files[0]: f"{text}{gap}{COMMENT}"})


def _judged(search: Search, record: Record, canary: Candidate) -> Record:
    bench = search.bench
    plan = search_plan(bench.problem.objective)
    evaluation = evaluate(canary.proposal, bench, number=canary.number, plan=plan)
    decision = _decision(search, evaluation)
    if decision.verdict is not Verdict.NOT_FASTER:
        bench.notify(Noted(message=f"the canary did not come out as it should: {decision.reason}"))
    return decided(search, record, canary.number, evaluation, decision)


def _decision(search: Search, evaluation: Evaluation) -> Decision:
    """As for any candidate, but that nobody builds on it."""
    problem = search.bench.problem
    seen = decide(evaluation, problem, search_plan(problem.objective), success=Verdict.BASELINE)
    if seen.verdict is not Verdict.BASELINE:
        return seen
    reason = f"a comment was measured as {seen.speedup}: gains of this size mean nothing here"
    return Decision(verdict=Verdict.BASELINE, reason=reason, speedup=seen.speedup, by_workload=seen.by_workload)
