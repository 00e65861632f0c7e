from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.baseline import establish
from agent.graph import LOOP, search_until_stopped
from agent.strategies.beam import Beam
from core.candidate import Verdict
from core.errors import ProposalError
from core.progress import CandidateDecided, CandidateProposed
from core.spend import Budget, Spend
from tests.agent.conftest import LabMaker, a_call, edit

FASTER = edit(("cost = 1.0", "cost = 0.5"))
SLOWER = edit(("cost = 1.0", "cost = 1.5"))
WRONG = edit(("'ok'", "'ko'"))


def verdicts(candidates: object) -> list[str]:
    return [str(candidate.verdict) for candidate in candidates]  # type: ignore[attr-defined]


def test_the_loop_has_the_edges_that_the_design_draws() -> None:
    edges = {(edge.source, edge.target) for edge in LOOP.get_graph().edges}
    assert edges == {
        ("__start__", "select"),
        ("__start__", "evaluate"),
        ("select", "propose"),
        ("select", "evaluate"),
        ("select", "__end__"),
        ("propose", "select"),
        ("propose", "evaluate"),
        ("propose", "__end__"),
        ("evaluate", "decide"),
        ("decide", "select"),
    }


def test_every_candidate_gets_the_verdict_it_deserves(lab: LabMaker) -> None:
    made = lab(
        SLOWER,
        WRONG,
        edit(("tests_exit_code = 0", "tests_exit_code = 1")),
        edit(("\nexit_code = 0", "\nexit_code = 3")),
        "no patch at all",
        edit(("'ok'", "'\ud800'")),
        "--- a/setup.cfg\n+++ b/setup.cfg\n@@ -1 +1 @@\n-x\n+y\n",
        edit(("memory = 1000", "memory = 5000"), ("cost = 1.0", "cost = 0.5")),
        FASTER,
    )
    record, stopped_by = search_until_stopped(made.search, establish(made.search, made.record))
    assert verdicts(record.candidates) == [
        "baseline",
        "not faster",
        "behaviour changed",
        "tests failed",
        "workload failed",
        "invalid patch",
        "invalid patch",
        "forbidden edit",
        "not faster",
        "accepted",
    ]
    assert "peak memory" in record.candidates[8].decision.reason  # type: ignore[union-attr]
    assert stopped_by == "nothing left to propose"


def test_what_the_loop_returns_is_what_the_store_remembers(lab: LabMaker) -> None:
    made = lab(SLOWER, FASTER, ProposalError("cut off", spend=Spend(tokens=5)))
    record, _ = search_until_stopped(made.search, establish(made.search, made.record))
    assert replace(record, run=made.record.run) == made.record


def test_the_budget_ends_the_search_and_says_so(lab: LabMaker) -> None:
    made = lab(SLOWER, SLOWER, SLOWER, SLOWER, budget=Budget(candidates=3))
    record, stopped_by = search_until_stopped(made.search, establish(made.search, made.record))
    assert stopped_by == "3 candidates tried of 3"
    assert len(record.candidates) == 4


def test_a_failed_proposal_is_a_candidate_with_its_cost_and_the_search_goes_on(lab: LabMaker) -> None:
    made = lab(ProposalError("the edits do not apply", spend=Spend(tokens=70, dollars=0.2)), FASTER)
    record, _ = search_until_stopped(made.search, establish(made.search, made.record))
    assert record.candidates[1].verdict is Verdict.INVALID_PATCH
    assert record.candidates[1].decision.reason == "the edits do not apply"  # type: ignore[union-attr]
    assert record.spend.tokens == 170
    assert record.candidates[2].verdict is Verdict.ACCEPTED


def test_a_proposer_that_does_not_answer_at_all_ends_the_search(lab: LabMaker) -> None:
    made = lab(*[ProposalError("connection refused")] * 9)
    record, stopped_by = search_until_stopped(made.search, establish(made.search, made.record))
    assert stopped_by.startswith("no answer from the proposer 3 times in a row: connection refused")
    assert len(record.candidates) == 4


def test_the_next_candidate_builds_on_the_best_so_far(lab: LabMaker) -> None:
    made = lab(FASTER, edit(("cost = 1.0", "cost = 0.25")))
    search_until_stopped(made.search, establish(made.search, made.record))
    assert [brief.parent.number for brief in made.proposer.briefs] == [0, 1, 2]
    assert made.proposer.briefs[1].sources["code.py"].startswith("cost = 0.5")
    assert made.proposer.briefs[1].baseline_sources["code.py"].startswith("cost = 1.0")


def test_a_beam_keeps_building_on_the_baseline_too(lab: LabMaker) -> None:
    made = lab(FASTER, SLOWER, SLOWER, SLOWER, strategy=Beam(width=2))
    search_until_stopped(made.search, establish(made.search, made.record))
    assert {brief.parent.number for brief in made.proposer.briefs} == {0, 1}


def test_watchers_hear_of_each_candidate_before_and_after(lab: LabMaker) -> None:
    made = lab(FASTER)
    search_until_stopped(made.search, establish(made.search, made.record))
    told = [type(event) for event in made.events if isinstance(event, CandidateProposed | CandidateDecided)]
    assert told == [CandidateDecided, CandidateProposed, CandidateDecided]


def test_a_sandbox_that_breaks_once_costs_a_retry_and_not_the_candidate(lab: LabMaker) -> None:
    made = lab(FASTER)
    baseline = establish(made.search, made.record)
    made.provider.opened[0].breaks = 1
    record, _ = search_until_stopped(made.search, baseline)
    assert record.candidates[1].verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_search_that_was_cut_off_resumes_to_the_same_tree(lab: LabMaker, cut: int) -> None:
    answers = (SLOWER, FASTER, WRONG, SLOWER)
    whole = lab(*answers)
    expected, _ = search_until_stopped(whole.search, establish(whole.search, whole.record))
    first = lab(*answers, budget=Budget(candidates=cut))
    search_until_stopped(first.search, establish(first.search, first.record))
    second = lab(*answers, store=first.store)
    resumed, _ = search_until_stopped(second.search, second.record)
    assert [(c.parent, c.proposal.patch, c.verdict) for c in resumed.candidates] == [
        (c.parent, c.proposal.patch, c.verdict) for c in expected.candidates
    ]


def test_a_candidate_that_was_proposed_but_not_decided_is_evaluated_first(lab: LabMaker) -> None:
    made = lab(FASTER, SLOWER)
    baseline = establish(made.search, made.record)
    made.search.history.propose(
        replace(
            baseline.candidates[0],
            number=1,
            parent=0,
            proposal=replace(baseline.candidates[0].proposal, patch=FASTER),
            decision=None,
            evaluation=None,
        )
    )
    record, _ = search_until_stopped(made.search, made.record)
    assert record.candidates[1].verdict is Verdict.ACCEPTED
    assert [brief.number for brief in made.proposer.briefs] == [2, 3]


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=200))
def test_no_proposal_makes_the_loop_fail(text: str) -> None:
    from tests.agent.conftest import lab as maker  # noqa: PLC0415 - a fixture can't be used by hypothesis

    made = maker.__wrapped__()(text)  # type: ignore[attr-defined]
    record, _ = search_until_stopped(made.search, establish(made.search, made.record))
    assert record.candidates[1].verdict is not None


def test_a_search_that_ended_because_nobody_answered_can_be_taken_up_again(lab: LabMaker) -> None:
    first = lab(*[ProposalError("connection refused")] * 3)
    search_until_stopped(first.search, establish(first.search, first.record))
    second = lab(*[ProposalError("connection refused")] * 3, FASTER, store=first.store)
    record, stopped_by = search_until_stopped(second.search, second.record)
    assert record.candidates[-1].verdict is Verdict.ACCEPTED
    assert stopped_by == "nothing left to propose"


def test_a_candidate_is_profiled_before_it_is_built_on_also_after_a_crash(lab: LabMaker) -> None:
    first = lab(FASTER, budget=Budget(candidates=1))
    search_until_stopped(first.search, establish(first.search, first.record))
    assert set(first.record.profiles) == {0}
    second = lab(FASTER, SLOWER, store=first.store)
    search_until_stopped(second.search, second.record)
    assert set(second.record.profiles) == {0, 1}


def test_answers_that_led_to_no_candidate_are_spent_all_the_same(lab: LabMaker) -> None:
    made = lab(SLOWER, SLOWER, budget=Budget(dollars=0.05))
    baseline = establish(made.search, made.record)
    made.search.ledger.record(a_call(dollars=0.06))
    record, stopped_by = search_until_stopped(made.search, baseline)
    assert len(record.candidates) == 1
    assert stopped_by == "0.0600 dollars spent of 0.0500"
    assert made.record.spend.dollars == 0.06
