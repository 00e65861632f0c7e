"""A search whose candidates others evaluate, too."""

from dataclasses import dataclass, field, replace

import pytest

from agent.baseline import establish
from agent.decide import decide
from agent.evaluate import search_plan
from agent.graph import search_until_stopped
from agent.pending import observed
from agent.search import Search
from core.candidate import Candidate, Proposal
from core.proposing import Brief
from core.protocols import Ledger
from core.spend import Budget
from tests.agent.conftest import RUN_ID, LabMaker, edit
from tests.fakes.store import MemoryStore

FASTER = edit(("cost = 1.0", "cost = 0.5"))
SLOWER = edit(("cost = 1.0", "cost = 1.5"))
WRONG = edit(("'ok'", "'ko'"))


@dataclass
class TwoMembers:
    """A crew whose other member takes every second candidate, and finishes it when it is waited for."""

    store: MemoryStore
    width: int
    search: Search | None = None
    taken: list[int] = field(default_factory=list)
    done: set[int] = field(default_factory=set)
    most_pending: int = 0
    waits: int = 0

    def take(self, number: int) -> bool:
        self.most_pending = max(self.most_pending, len(self.store.load(RUN_ID).pending))
        if number % 2:
            self.taken.append(number)
        return bool(number % 2)

    def finished(self, pending: frozenset[int]) -> tuple[Candidate, ...]:
        return tuple(c for c in self.store.load(RUN_ID).candidates if c.number in pending & self.done)

    def wait(self) -> None:
        assert self.search is not None
        self.waits += 1
        theirs = next(c for c in self.store.load(RUN_ID).pending if c.number % 2 == 0)
        seen = observed(self.search.bench, theirs)
        problem = self.search.bench.problem
        decision = decide(seen.evaluation, problem, search_plan(problem.objective))
        self.search.history.decide(seen.number, replace(seen.evaluation, machine="elsewhere"), decision)
        self.done.add(seen.number)


def helped(lab: LabMaker, *answers: str, width: int, budget: Budget | None = None) -> tuple[TwoMembers, Search]:
    made = lab(*answers, budget=budget)
    crew = TwoMembers(store=made.store, width=width)
    search = replace(made.search, crew=crew)
    crew.search = search
    return crew, search


def searched(crew: TwoMembers, search: Search) -> tuple[list[str], str]:
    record, stopped_by = search_until_stopped(search, establish(search, crew.store.load(RUN_ID)))
    assert record.candidates == crew.store.load(RUN_ID).candidates
    return [str(candidate.verdict) for candidate in record.candidates], stopped_by


def test_every_candidate_gets_its_verdict_whoever_evaluates_it(lab: LabMaker) -> None:
    crew, search = helped(lab, SLOWER, WRONG, FASTER, SLOWER, width=3)
    verdicts, stopped_by = searched(crew, search)
    assert verdicts == ["baseline", "not faster", "behaviour changed", "accepted", "not faster"]
    assert stopped_by == "nothing left to propose"
    machines = [c.evaluation.machine for c in crew.store.load(RUN_ID).candidates if c.evaluation]
    assert machines == ["here", "here", "elsewhere", "here", "elsewhere"]


@pytest.mark.parametrize("width", [1, 2, 4])
def test_no_more_candidates_are_pending_than_the_crew_is_wide(lab: LabMaker, width: int) -> None:
    crew, search = helped(lab, *[SLOWER] * 8, width=width)
    searched(crew, search)
    assert crew.most_pending == width


def test_a_search_that_ends_still_gives_a_verdict_to_all_that_is_pending(lab: LabMaker) -> None:
    crew, search = helped(lab, *[SLOWER] * 8, width=4, budget=Budget(candidates=6))
    verdicts, stopped_by = searched(crew, search)
    assert stopped_by == "6 candidates tried of 6"
    assert verdicts[1:] == ["not faster"] * 6


def test_the_others_are_waited_for_only_when_nothing_is_left_to_do_here(lab: LabMaker) -> None:
    crew, search = helped(lab, SLOWER, SLOWER, SLOWER, width=3)
    searched(crew, search)
    assert crew.taken == [1, 3]
    assert crew.waits == 1


def test_candidates_that_were_pending_when_a_search_was_cut_off_come_first(lab: LabMaker) -> None:
    crew, search = helped(lab, SLOWER, SLOWER, FASTER, width=2)
    baseline = establish(search, crew.store.load(RUN_ID))
    for number in (1, 2):
        proposal = replace(baseline.candidates[0].proposal, patch=SLOWER)
        search.history.propose(Candidate(number=number, parent=0, proposal=proposal))
    verdicts, _ = searched(crew, search)
    assert verdicts == ["baseline", "not faster", "not faster", "accepted"]


@dataclass(frozen=True)
class OncePerParent:
    """Has one proposal for each parent."""

    name: str = "once"

    def propose(self, brief: Brief, ledger: Ledger) -> Proposal | None:
        del ledger
        if any(candidate.parent == brief.parent.number for candidate in brief.history):
            return None
        known = brief.parent.proposal.patch
        if "0.25" in known:
            return None
        patch = edit(("cost = 1.0", "cost = 0.25" if known else "cost = 0.5"))
        return Proposal(patch=patch, rationale="", direction="", proposer=self.name)


def test_what_is_still_to_get_its_verdict_may_be_built_on_before_a_search_ends(lab: LabMaker) -> None:
    crew, search = helped(lab, width=3)
    verdicts, stopped_by = searched(crew, replace(search, proposers=(OncePerParent(),)))
    assert verdicts == ["baseline", "accepted", "accepted"]
    assert stopped_by == "nothing left to propose"
