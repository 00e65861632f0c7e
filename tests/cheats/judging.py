"""Puts a patch of the corpus through what a candidate of a search goes through, and says what stopped it."""

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.decide import decide
from agent.evaluate import evaluate, search_plan
from agent.search import Bench
from core.candidate import Decision, Evaluation, Proposal, Verdict
from core.run import Backends, BackendSpec, Run, RunKind
from core.spend import NO_LIMITS
from core.stats import Plan
from tests.cheats.cheat import Defence
from tests.cheats.corpus import VICTIMS, Story
from tests.fakes.store import MemoryStore
from worker.assemble import assembled
from worker.job import Job
from worker.problem.configuration import problem_of
from worker.settings import Settings

REVISION = "0" * 40


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
        """Whether the search would go on with it."""
        return self.verdict is Verdict.ACCEPTED

    def is_work_of(self, defence: Defence) -> bool:
        """Whether this is what `defence` does. The sandbox leaves a cheat nothing to gain, which shows as no gain."""
        seen = {Defence.STATISTICS, Defence.SANDBOX} if defence is Defence.SANDBOX else {defence}
        return self.stopped_by in seen


def problem_at(tree: Path, victim: str, *, sandbox: BackendSpec) -> Run:
    """The run that a user of this victim would ask for."""
    return Run(
        id=f"cheats-{victim}",
        kind=RunKind.OPTIMIZE,
        problem=problem_of(tree, repository=victim, revision=REVISION),
        backends=Backends(sandbox=sandbox, strategy=BackendSpec(name="greedy", options={}), proposers=(), profilers=()),
        budget=NO_LIMITS,
        seed=7,
        created_at=datetime(2026, 11, 25, tzinfo=UTC),
    )


@contextmanager
def bench_of(victim: str, *, home: Path, sandbox: BackendSpec) -> Iterator[Bench]:
    """The bench of a victim, as the worker puts it together. Environments are kept in `home`."""
    settings = Settings(home=home, database_url="sqlite://")
    tree = home / "trees" / f"{victim}-{sandbox}-{time.monotonic_ns()}"
    shutil.copytree(VICTIMS / victim, tree, ignore=shutil.ignore_patterns("__pycache__"))
    run = problem_at(tree, victim, sandbox=sandbox)
    store = MemoryStore()
    store.create(run)
    job = Job(run_id=run.id, store=store, settings=settings, notify=lambda _: None, interrupted=lambda: False)
    with assembled(run, tree, job) as search:
        yield search.bench


def judge(story: Story, bench: Bench, *, number: int = 1, plan: Plan | None = None) -> Judgement:
    """What the search would say about the patch."""
    plan = plan or search_plan(bench.problem.objective)
    started = time.monotonic()
    proposal = Proposal(patch=story.patch, rationale=story.told, direction=story.name, proposer="corpus")
    evaluation = evaluate(proposal, bench, number=number, plan=plan)
    decision = decide(evaluation, bench.problem, plan)
    return Judgement(
        verdict=decision.verdict,
        stopped_by=stopper_of(evaluation, decision),
        reason=decision.reason,
        speedup=str(decision.speedup or ""),
        seconds=time.monotonic() - started,
    )


def stopper_of(evaluation: Evaluation, decision: Decision) -> Defence | str:
    """The line of defence that a patch ran into; empty when it got through."""
    if decision.verdict is Verdict.ACCEPTED:
        return ""
    if evaluation.failure is not None:
        return _named(evaluation.failure.check)
    if decision.reason.startswith(("bought with ", "the workload ")):
        return Defence.GUARDS
    return Defence.STATISTICS


def _named(check: str) -> Defence | str:
    known: Mapping[str, Defence] = {defence.value: defence for defence in Defence}
    return known.get(check, check)
