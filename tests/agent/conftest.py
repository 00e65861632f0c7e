"""A search on fakes: the checkout says what it costs, the store is memory."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from agent.crew import Alone
from agent.search import Bench, Repeated, Search
from agent.strategies.greedy import Greedy
from checks.output import OutputUnchanged
from checks.tests import TestsPass
from core import patch as patches
from core.admission import Grounds
from core.candidate import Proposal
from core.errors import ProposalError
from core.execution import Environment
from core.problem import Problem, WorkloadSpec
from core.progress import Event
from core.proposing import Brief, ModelCall
from core.protocols import Crew, Ledger, Strategy
from core.run import Backends, BackendSpec, Record, Run, RunKind
from core.spend import Budget, Spend
from tests.fakes.sandbox import FakeProvider, FakeWorkload
from tests.fakes.store import MemoryStore

SOURCES = {"code.py": "cost = 1.0\nprints = 'ok'\nexit_code = 0\ntests_exit_code = 0\nmemory = 1000\n"}
RUN_ID = "run1"


def edit(*replacements: tuple[str, str]) -> str:
    """The patch that replaces text in the fake repository's only file."""
    text = SOURCES["code.py"]
    for old, new in replacements:
        text = text.replace(old, new)
    return patches.diff(SOURCES, {"code.py": text})


@dataclass
class Scripted:
    """Proposes what it was given, in order; a ProposalError in the list is raised."""

    answers: Sequence[str | ProposalError]
    briefs: list[Brief] = field(default_factory=list)

    @property
    def name(self) -> str:
        return "scripted"

    def propose(self, brief: Brief, ledger: Ledger) -> Proposal | None:
        del ledger
        self.briefs.append(brief)
        if brief.number > len(self.answers):
            return None
        answer = self.answers[brief.number - 1]
        if isinstance(answer, ProposalError):
            raise answer
        spend = Spend(tokens=100, dollars=0.01)
        return Proposal(patch=answer, rationale="", direction=f"idea {brief.number}", proposer=self.name, spend=spend)


@contextmanager
def _unlocked() -> Iterator[None]:
    yield


@dataclass
class Lab:
    """A search with its parts at hand."""

    search: Search
    store: MemoryStore
    provider: FakeProvider
    proposer: Scripted
    events: list[Event]

    @property
    def record(self) -> Record:
        return self.store.load(RUN_ID)


LabMaker = Callable[..., Lab]


@pytest.fixture
def lab() -> LabMaker:
    """Makes labs: answers of the proposer, and what differs from the usual."""

    def make(
        *answers: str | ProposalError,
        budget: Budget | None = None,
        strategy: Strategy | None = None,
        sd: float = 0.02,
        workloads: Sequence[str] = ("work",),
        store: MemoryStore | None = None,
        crew: Crew | None = None,
    ) -> Lab:
        problem = a_problem(workloads)
        provider, proposer, events = FakeProvider(sd=sd), Scripted(answers), list[Event]()
        if store is None:
            store = MemoryStore()
            store.create(a_run(problem, budget or Budget(candidates=10)))
        bench = a_bench(problem, provider, events)
        search = Search(
            bench=bench,
            strategy=strategy or Greedy(),
            proposers=(proposer,),
            budget=budget or Budget(candidates=10),
            history=store.history(RUN_ID),
            ledger=store.ledger(RUN_ID),
            known=len(store.load(RUN_ID).candidates),
            interrupted=lambda: False,
            crew=crew or Alone(),
        )
        return Lab(search=search, store=store, provider=provider, proposer=proposer, events=events)

    return make


def a_call(*, dollars: float) -> ModelCall:
    return ModelCall(
        key="k",
        candidate=1,
        purpose="directions",
        model="m",
        prompt="{}",
        answer="1. faster",
        error="",
        input_tokens=10,
        output_tokens=5,
        dollars=dollars,
        seconds=1.0,
        asked_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def a_problem(workloads: Sequence[str]) -> Problem:
    return Problem(
        repository="/somewhere/fake",
        revision="0" * 40,
        editable=("*.py",),
        setup=(),
        tests="tests",
        workloads=tuple(WorkloadSpec.parse(workload) for workload in workloads),
    )


def a_run(problem: Problem, budget: Budget) -> Run:
    nobody = BackendSpec(name="fake", options={})
    return Run(
        id=RUN_ID,
        kind=RunKind.OPTIMIZE,
        problem=problem,
        backends=Backends(sandbox=nobody, strategy=nobody, proposers=(nobody,), profilers=()),
        budget=budget,
        seed=1,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def a_bench(problem: Problem, provider: FakeProvider, events: list[Event]) -> Bench:
    with provider.open(Environment(""), {}) as original:
        repeated = tuple(Repeated(workload=FakeWorkload(target=spec.target), loops=1) for spec in problem.workloads)
        tests = TestsPass(line="tests", timeout_seconds=10)
        output = OutputUnchanged(
            workloads=[(each.workload, each.loops) for each in repeated], rule_of=problem.output_of
        )
        tests.prepare(original)
        output.prepare(original)
        return Bench(
            problem=problem,
            sources=SOURCES,
            may_edit=lambda path: path.endswith(".py"),
            grounds=Grounds(files=frozenset(SOURCES)),
            provider=provider,
            environment=Environment(""),
            original=original,
            workloads=repeated,
            checks=(tests, output),
            replayer=None,
            profilers=(),
            line_profiler=None,
            measuring=_unlocked,
            machine="here",
            seed=1,
            notify=events.append,
        )
