"""What every store promises."""

from dataclasses import replace
from datetime import datetime

import pytest

from core.candidate import MINIMISER, CheckResult, Evaluation, Verdict
from core.errors import ConfigError, StoreError
from core.measurement import Speedup
from core.profile import Profile
from core.protocols import Store
from core.run import RunStatus
from core.spend import Budget
from tests.store.facts import a_call, a_candidate, a_decision, a_run, an_evaluation

PROFILE = Profile(profiler="cprofile", unit="s", total=1.0, hotspots=())


def test_a_run_is_loaded_as_it_was_submitted(store: Store) -> None:
    store.create(a_run())
    assert store.load("3fa4").run == a_run()


def test_a_run_is_created_once(store: Store) -> None:
    store.create(a_run())
    with pytest.raises(StoreError):
        store.create(a_run())


def test_the_start_of_an_id_is_enough_when_it_fits_one_run(store: Store) -> None:
    store.create(a_run("3fa4"))
    store.create(a_run("7b00"))
    assert store.load("3").run.id == "3fa4"


def test_the_start_of_an_id_is_taken_literally(store: Store) -> None:
    store.create(a_run("3fa4"))
    for start in ("%", "_", "3F", "3fa4a"):
        with pytest.raises(ConfigError):
            store.load(start)


def test_a_full_id_wins_over_the_start_of_another(store: Store) -> None:
    store.create(a_run("3f"))
    store.create(a_run("3fa4"))
    assert store.load("3f").run.id == "3f"


def test_an_ambiguous_start_is_refused_with_the_ids_it_fits(store: Store) -> None:
    store.create(a_run("3fa4"))
    store.create(a_run("3fb7"))
    with pytest.raises(ConfigError, match=r"3f(a4|b7), 3f(a4|b7)"):
        store.load("3f")


def test_an_unknown_id_is_refused_with_the_ids_there_are(store: Store) -> None:
    store.create(a_run("3fa4"))
    with pytest.raises(ConfigError, match="3fa4"):
        store.load("9")


def test_an_unknown_id_in_an_empty_store_is_refused(store: Store) -> None:
    with pytest.raises(ConfigError, match="9"):
        store.load("9")


def test_a_time_without_a_time_zone_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="time zone"):
        store.create(replace(a_run(), created_at=datetime(2026, 1, 1)))  # noqa: DTZ001 the point of the test


def test_a_transition_changes_status_and_reason(store: Store) -> None:
    store.create(a_run())
    store.transition("3fa4", RunStatus.FAILED, error="the sandbox broke")
    assert store.load("3fa4").run == replace(a_run(), status=RunStatus.FAILED, error="the sandbox broke")
    store.transition("3fa4", RunStatus.FINISHED, stopped_by="8 candidates tried of 8")
    finished = replace(a_run(), status=RunStatus.FINISHED, stopped_by="8 candidates tried of 8")
    assert store.load("3fa4").run == finished


def test_a_grant_replaces_the_budget_and_nothing_else(store: Store) -> None:
    store.create(a_run())
    store.grant("3fa4", Budget(dollars=2.5))
    assert store.load("3fa4").run == replace(a_run(), budget=Budget(dollars=2.5))


def test_an_unknown_run_can_not_be_changed(store: Store) -> None:
    with pytest.raises(StoreError, match="no run 9"):
        store.transition("9", RunStatus.RUNNING)
    with pytest.raises(StoreError, match="no run 9"):
        store.grant("9", Budget())


def test_a_candidate_grows_from_proposal_to_confirmation(store: Store) -> None:
    store.create(a_run())
    history = store.history("3fa4")
    history.propose(a_candidate())
    assert store.load("3fa4").candidates == (a_candidate(),)
    history.decide(0, an_evaluation(), a_decision())
    decided = replace(a_candidate(), evaluation=an_evaluation(), decision=a_decision())
    assert store.load("3fa4").candidates == (decided,)
    history.confirm(0, an_evaluation(5), a_decision(Verdict.CONFIRMED))
    confirmed = replace(decided, confirmation=an_evaluation(5), confirmed=a_decision(Verdict.CONFIRMED))
    assert store.load("3fa4").candidates == (confirmed,)


def test_candidates_come_by_number(store: Store) -> None:
    store.create(a_run())
    for number in (10, 2, 0):
        store.history("3fa4").propose(a_candidate(number))
    assert [candidate.number for candidate in store.load("3fa4").candidates] == [0, 2, 10]


def test_a_candidates_number_is_taken_once(store: Store) -> None:
    store.create(a_run())
    store.history("3fa4").propose(a_candidate())
    with pytest.raises(StoreError, match="candidate 0"):
        store.history("3fa4").propose(a_candidate())


def test_runs_number_their_candidates_each_for_itself(store: Store) -> None:
    for run_id in ("3fa4", "7b00"):
        store.create(a_run(run_id))
        store.history(run_id).propose(a_candidate())
        store.history(run_id).decide(0, an_evaluation(), a_decision())
    assert len(store.load("3fa4").candidates) == 1


def test_a_candidate_needs_its_run_and_its_parent(store: Store) -> None:
    store.create(a_run())
    with pytest.raises(StoreError):
        store.history("9").propose(a_candidate())
    with pytest.raises(StoreError):
        store.history("3fa4").propose(a_candidate(1, parent=0))


def test_a_candidate_is_stored_before_it_is_evaluated(store: Store) -> None:
    store.create(a_run())
    with pytest.raises(StoreError):
        store.history("3fa4").propose(replace(a_candidate(), evaluation=an_evaluation(), decision=a_decision()))
    with pytest.raises(StoreError):
        store.history("3fa4").decide(0, an_evaluation(), a_decision())
    with pytest.raises(StoreError):
        store.history("3fa4").profile(0, [PROFILE])


def test_what_was_observed_is_never_replaced(store: Store) -> None:
    store.create(a_run())
    history = store.history("3fa4")
    history.propose(a_candidate())
    history.decide(0, an_evaluation(), a_decision())
    history.confirm(0, an_evaluation(), a_decision())
    with pytest.raises(StoreError):
        history.decide(0, an_evaluation(9), a_decision())
    with pytest.raises(StoreError):
        history.confirm(0, an_evaluation(9), a_decision())
    assert store.load("3fa4").candidates[0].evaluation == an_evaluation()


def test_the_failure_that_ended_an_evaluation_is_kept_apart_from_the_checks(store: Store) -> None:
    seen = CheckResult(check="tests", passed=True)
    failure = CheckResult(check="output", passed=False, reason="differs", verdict=Verdict.BEHAVIOUR_CHANGED)
    store.create(a_run())
    for number, checks in enumerate(((), (seen,), (seen, failure))):
        store.history("3fa4").propose(a_candidate(number))
        store.history("3fa4").decide(number, Evaluation(checks=checks, failure=failure), a_decision())
    evaluations = [candidate.evaluation for candidate in store.load("3fa4").candidates]
    assert evaluations == [Evaluation(checks=c, failure=failure) for c in ((), (seen,), (seen, failure))]


def test_an_interval_may_be_infinite_or_unknown(store: Store) -> None:
    store.create(a_run())
    store.history("3fa4").propose(a_candidate())
    widest = Speedup(estimate=float("nan"), low=0.0, high=float("inf"))
    decision = replace(a_decision(), speedup=widest, by_workload=(("main", widest),))
    store.history("3fa4").decide(0, an_evaluation(), decision)
    assert repr(store.load("3fa4").candidates[0].decision) == repr(decision)


def test_profiles_of_an_interrupted_attempt_are_replaced(store: Store) -> None:
    store.create(a_run())
    store.history("3fa4").propose(a_candidate())
    store.history("3fa4").profile(0, [PROFILE, PROFILE])
    store.history("3fa4").profile(0, [PROFILE])
    assert store.load("3fa4").profiles == {0: (PROFILE,)}


def test_recent_runs_come_newest_first(store: Store) -> None:
    for run_id, minutes in (("b", 5), ("a", 9), ("c", 1)):
        store.create(a_run(run_id, minutes=minutes))
    assert [summary.id for summary in store.recent(2)] == ["a", "b"]


def test_a_summary_counts_candidates_as_the_budget_does(store: Store) -> None:
    store.create(a_run())
    history = store.history("3fa4")
    history.propose(a_candidate(0))
    history.propose(a_candidate(1, parent=0))
    history.propose(a_candidate(2, parent=1, proposer=MINIMISER))
    assert store.recent(1)[0].candidates == store.load("3fa4").spend.candidates == 1


def test_a_summary_shows_the_speedup_of_the_confirmed_candidate_only(store: Store) -> None:
    store.create(a_run())
    history = store.history("3fa4")
    for number in range(3):
        history.propose(a_candidate(number, parent=0 if number else None))
        history.decide(number, an_evaluation(), a_decision(estimate=9.0))
    assert store.recent(1)[0].speedup is None
    history.confirm(1, an_evaluation(), a_decision(Verdict.NOT_FASTER, estimate=1.0))
    history.confirm(2, an_evaluation(), a_decision(Verdict.CONFIRMED, estimate=2.0))
    assert store.recent(1)[0].speedup == a_decision(estimate=2.0).speedup


def test_a_model_call_is_recalled_by_its_key(store: Store) -> None:
    store.create(a_run())
    store.ledger("3fa4").record(a_call("k"))
    assert store.ledger("3fa4").recall("k") == a_call("k")
    assert store.ledger("3fa4").recall("other") is None


def test_a_model_call_is_recorded_once_for_each_run(store: Store) -> None:
    for run_id in ("3fa4", "7b00"):
        store.create(a_run(run_id))
        store.ledger(run_id).record(a_call())
    with pytest.raises(StoreError, match="model call k"):
        store.ledger("3fa4").record(a_call())


def test_a_model_call_needs_its_run(store: Store) -> None:
    assert store.ledger("9").recall("k") is None
    with pytest.raises(StoreError):
        store.ledger("9").record(a_call())
