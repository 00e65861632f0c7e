"""Puts a patch of the corpus through what a candidate of a run goes through, and says what stopped it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from unittest import mock

from agent.confirm import confirmation_plan
from agent.decide import decide
from agent.evaluate import evaluate, search_plan
from agent.search import Bench
from core import patch as patches
from core.candidate import Decision, Evaluation, Proposal, Verdict
from core.problem import Problem
from core.stats import Plan
from tests.cheats.cheat import Defence
from tests.cheats.corpus import Story, texts_of

Rule = Callable[[Evaluation, Problem, Plan], Decision]
"""What an evaluation means."""
LEFT_NOTHING_TO_GAIN = frozenset({Defence.STATISTICS, Defence.TIMING, Defence.WORKLOAD_OUTPUT})
"""How it shows that the sandbox did its work: the cheat gains nothing, or has only hurt itself."""


@dataclass(frozen=True, kw_only=True)
class Court:
    """How a patch is judged: as the product does it, or with a line of defence taken away."""

    bench: Bench
    plan: Plan
    rule: Rule = decide
    confirms: bool = True
    """Whether what the search accepts is measured again."""
    reads: bool = True
    """Whether the patch is held against the rules before anything runs."""

    @classmethod
    def of(cls, bench: Bench) -> "Court":
        """As the product does it."""
        return cls(bench=bench, plan=search_plan(bench.problem.objective))


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What became of a patch."""

    verdict: Verdict
    stopped_by: Defence | str
    """Empty when nothing did; a check that the corpus does not know goes by its own name."""
    reason: str
    speedup: str
    """As shown to people; empty where nothing was timed."""
    seconds: float

    @property
    def accepted(self) -> bool:
        """Whether the patch would be handed out, or go on to be confirmed where that is left out."""
        return not self.stopped_by

    def is_work_of(self, defence: Defence) -> bool:
        """Whether this is what `defence` does."""
        return self.stopped_by in LEFT_NOTHING_TO_GAIN if defence is Defence.SANDBOX else self.stopped_by == defence


def judge(story: Story, court: Court) -> Judgement:
    """What the search says about the patch and, when it accepts it, what its confirmation says."""
    started = time.monotonic()
    evaluation, decision = _heard(story, court, court.plan, "search")
    if decision.verdict is Verdict.ACCEPTED and court.confirms:
        plan = confirmation_plan(court.bench.problem.objective)
        evaluation, decision = _heard(story, court, plan, "confirmation")
    return Judgement(
        verdict=decision.verdict,
        stopped_by=stopper_of(evaluation, decision),
        reason=decision.reason,
        speedup=str(decision.speedup or ""),
        seconds=time.monotonic() - started,
    )


def _heard(story: Story, court: Court, plan: Plan, purpose: str) -> tuple[Evaluation, Decision]:
    proposal = Proposal(patch=story.patch, rationale=story.told, direction=story.name, proposer="corpus")
    if court.reads:
        evaluation = evaluate(proposal, court.bench, number=1, plan=plan, purpose=purpose)
    else:
        changes = patches.apply(story.patch, texts_of(story.subject.victim))
        with mock.patch("agent.evaluate.admit", return_value=(None, changes)):
            evaluation = evaluate(proposal, court.bench, number=1, plan=plan, purpose=purpose)
    return evaluation, court.rule(evaluation, court.bench.problem, plan)


def stopper_of(evaluation: Evaluation, decision: Decision) -> Defence | str:
    """The line of defence that a patch ran into; empty when it got through."""
    if decision.verdict is Verdict.ACCEPTED:
        return ""
    if evaluation.failure is not None:
        return _named(evaluation.failure.check)
    if decision.reason.startswith(("bought with ", "the workload ")):
        return Defence.GUARDS
    return Defence.GENERALISATION if decision.reason.startswith("the gain ") else Defence.STATISTICS


def _named(check: str) -> Defence | str:
    known: Mapping[str, Defence] = {defence.value: defence for defence in Defence}
    return known.get(check, check)
