"""Several machines on one run: who may help, and who evaluates which candidate."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.candidate import CANARY, Candidate, Verdict
from core.errors import LostClaimError
from core.progress import SEARCH
from core.queue import Claim, Helper, Ticket, Wish
from core.run import RunStatus
from store.sql import SqlStore
from tests.store.conftest import hours_pass
from tests.store.facts import a_candidate, a_decision, a_run, an_evaluation
from tests.store.test_claims_at_once import at_once

LEASE = 60.0


def searching(store: SqlStore, *, machines: int = 3, candidates: int = 0, run_id: str = "3fa4") -> Claim:
    """A run that machine m1 holds, in the search, with so many candidates that nobody has evaluated."""
    store.queue.enqueue(a_run(run_id), Ticket(machines=machines))
    claim = store.queue.claim("holder", machine="m1", lease_seconds=LEASE)
    assert claim is not None
    held = store.held(claim)
    held.transition(run_id, RunStatus.RUNNING)
    held.show_progress(run_id, SEARCH, "")
    history = held.history(run_id)
    history.propose(a_candidate())
    history.decide(0, an_evaluation(), a_decision(Verdict.BASELINE))
    for number in range(1, candidates + 1):
        history.propose(a_candidate(number, parent=0))
    return claim


def helping(store: SqlStore, machine: str = "m2", *, lease_seconds: float = LEASE) -> Helper:
    """A helper that is ready."""
    helper = store.helping.assist(f"on {machine}", machine=machine, lease_seconds=lease_seconds)
    assert helper is not None
    store.helping.prepared(helper)
    return helper


def offered(store: SqlStore, machine: str = "m2") -> Helper | None:
    return store.helping.assist(f"on {machine}", machine=machine, lease_seconds=LEASE)


def test_other_machines_help_a_search_up_to_as_many_as_it_may_have(database: SqlStore) -> None:
    claim = searching(database, machines=3)
    assert offered(database, "m1") is None
    assert [offered(database, machine) is not None for machine in ("m2", "m2", "m3", "m4")] == [
        True,
        False,
        True,
        False,
    ]
    assert database.helping.ready(claim.run_id) == 0


def test_a_run_for_one_machine_is_not_helped(database: SqlStore) -> None:
    searching(database, machines=1)
    assert offered(database) is None


@pytest.mark.parametrize("stage", ["baseline", "confirm", ""])
def test_help_is_for_the_search_only(database: SqlStore, stage: str) -> None:
    claim = searching(database)
    database.held(claim).show_progress(claim.run_id, stage, "")
    assert offered(database) is None


def test_nobody_helps_while_a_run_waits_for_a_worker(database: SqlStore) -> None:
    searching(database)
    helper = helping(database)
    database.queue.enqueue(a_run("4444"), Ticket())
    assert offered(database, "m3") is None
    assert not database.helping.is_wanted(helper)


def test_a_run_that_does_not_work_on_a_machine_is_passed_over_there(database: SqlStore) -> None:
    claim = searching(database)
    assert database.helping.assist("w", machine="m2", lease_seconds=LEASE, but={claim.run_id}) is None


def test_a_machine_that_was_unable_to_work_on_a_run_does_not_help_it_until_it_has_rested(database: SqlStore) -> None:
    database.queue.set_aside(searching(database), reason="no engine", hours=24)
    claim = database.queue.claim("holder", machine="m2", lease_seconds=LEASE)
    assert claim is not None
    database.held(claim).show_progress(claim.run_id, SEARCH, "")
    assert offered(database, "m1") is None
    hours_pass(database, 1)
    assert offered(database, "m1") is not None


def test_a_helper_counts_once_it_is_ready_and_while_its_lease_lasts(database: SqlStore) -> None:
    claim = searching(database)
    helper = offered(database)
    assert helper is not None
    assert database.helping.ready(claim.run_id) == 0
    database.helping.prepared(helper)
    assert database.helping.ready(claim.run_id) == 1
    assert database.helping.renew(helper, lease_seconds=-1) is Wish.WANTED
    assert database.helping.ready(claim.run_id) == 0


def test_a_silent_helper_makes_room_for_another_one(database: SqlStore) -> None:
    searching(database, machines=2)
    silent = helping(database, lease_seconds=-1)
    assert offered(database, "m3") is not None
    assert database.helping.renew(silent, lease_seconds=LEASE) is Wish.LOST
    with pytest.raises(LostClaimError, match="on m2 does not help run 3fa4 any more"):
        database.helping.next(silent)


def test_holder_and_helpers_take_each_candidate_once(database: SqlStore) -> None:
    claim = searching(database, candidates=4)
    helper, other = helping(database), helping(database, "m3")
    assert database.helping.take(claim, 1)
    taken = [database.helping.next(each) for each in (helper, other, helper)]
    assert [candidate and candidate.number for candidate in taken] == [2, 3, 2]
    assert [database.helping.take(claim, number) for number in (1, 2, 3, 4)] == [True, False, False, True]
    assert database.helping.next(other) == a_candidate(3, parent=0)


def test_many_machines_that_offer_help_at_the_same_moment_are_not_too_many(database: SqlStore) -> None:
    claim = searching(database, machines=3)
    offers = at_once(8, lambda number: offered(database, f"m{number + 2}"))
    assert sum(offer is not None for offer in offers) <= 2
    with database.engine.connect() as connection:
        helpers = connection.exec_driver_sql("SELECT count(*) FROM helpers").scalar_one()
    assert helpers == sum(offer is not None for offer in offers)
    assert claim.run_id == "3fa4"


def test_many_at_the_same_moment_take_different_candidates(database: SqlStore) -> None:
    searching(database, machines=9, candidates=8)
    helpers = [helping(database, f"m{number}") for number in range(2, 10)]
    taken = at_once(len(helpers), lambda number: database.helping.next(helpers[number]))
    assert Counter(candidate.number for candidate in taken if candidate) == Counter(range(1, 9))


def test_what_a_helper_decides_is_stored_whole_and_taken_by_nobody(database: SqlStore) -> None:
    claim = searching(database, candidates=2)
    helper = helping(database)
    candidate = database.helping.next(helper)
    assert candidate is not None
    seen = replace(an_evaluation(), machine="m2")
    database.helping.decide(helper, candidate.number, seen, a_decision())
    whole = replace(candidate, evaluation=seen, decision=a_decision())
    assert database.helping.finished(claim.run_id, {1, 2}) == (whole,)
    assert database.load(claim.run_id).candidates[1] == whole
    assert not database.helping.take(claim, 1)
    database.helping.leave(helper)
    assert not database.helping.take(claim, 1)


def test_whoever_leaves_gives_back_what_was_taken(database: SqlStore) -> None:
    claim = searching(database, candidates=1)
    helper = helping(database)
    assert database.helping.next(helper) is not None
    database.helping.leave(helper)
    assert database.helping.take(claim, 1)
    with pytest.raises(LostClaimError, match="on m2 does not help run 3fa4 any more"):
        database.helping.decide(helper, 1, an_evaluation(), a_decision())
    assert database.load(claim.run_id).candidates[1].decision is None


def test_a_helper_that_was_thought_dead_stores_nothing_of_what_another_has_taken(database: SqlStore) -> None:
    claim = searching(database, candidates=1)
    helper = helping(database)
    database.helping.next(helper)
    database.helping.renew(helper, lease_seconds=-1)
    assert database.helping.take(claim, 1)
    with pytest.raises(LostClaimError, match="candidate 1 of run 3fa4 is not on m2's any more"):
        database.helping.decide(helper, 1, an_evaluation(), a_decision())


def test_what_a_holder_had_taken_is_open_to_the_next_one_and_to_helpers(database: SqlStore) -> None:
    claim = searching(database, candidates=2)
    assert database.helping.take(claim, 1)
    database.queue.release(claim)
    again = database.queue.claim("next holder", machine="m5", lease_seconds=LEASE)
    assert again is not None
    database.held(again).show_progress(again.run_id, SEARCH, "")
    with pytest.raises(LostClaimError):
        database.helping.take(claim, 2)
    assert database.helping.take(again, 1)
    helper = helping(database, "m1")
    candidate = database.helping.next(helper)
    assert candidate is not None
    assert candidate.number == 2


def test_neither_the_baseline_nor_the_canary_is_for_helpers(database: SqlStore) -> None:
    claim = searching(database)
    canary = a_candidate(1, parent=0, proposer=CANARY)
    database.held(claim).history(claim.run_id).propose(canary)
    assert database.helping.next(helping(database)) is None


def test_a_helper_learns_that_the_search_is_over(database: SqlStore) -> None:
    claim = searching(database)
    helper = helping(database)
    assert database.helping.renew(helper, lease_seconds=LEASE) is Wish.WANTED
    assert database.helping.is_wanted(helper)
    database.held(claim).show_progress(claim.run_id, "confirm", "")
    assert database.helping.renew(helper, lease_seconds=LEASE) is Wish.OVER
    assert not database.helping.is_wanted(helper)


def test_a_run_that_was_taken_over_at_a_terminal_is_not_helped(database: SqlStore) -> None:
    claim = searching(database)
    database.held(claim).transition(claim.run_id, RunStatus.CANCELLED)
    database.transition(claim.run_id, RunStatus.RUNNING)
    assert offered(database) is None
    assert database.catalogue.summary(claim.run_id).machine == ""


def test_after_the_search_a_helper_takes_and_stores_nothing(database: SqlStore) -> None:
    claim = searching(database, candidates=2)
    helper = helping(database)
    assert database.helping.next(helper) is not None
    database.held(claim).show_progress(claim.run_id, "minimise", "")
    with pytest.raises(LostClaimError, match="the search of run 3fa4 is over"):
        database.helping.next(helper)
    with pytest.raises(LostClaimError, match="the search of run 3fa4 is over"):
        database.helping.decide(helper, 1, an_evaluation(), a_decision())


def test_a_helper_that_is_not_ready_makes_room_for_a_run_that_waits(database: SqlStore) -> None:
    searching(database)
    ready, building = helping(database), offered(database, "m3")
    assert building is not None
    database.queue.enqueue(a_run("4444"), Ticket())
    assert database.helping.renew(ready, lease_seconds=LEASE) is Wish.WANTED
    assert database.helping.renew(building, lease_seconds=LEASE) is Wish.OVER


def test_a_cancelled_search_wants_no_help(database: SqlStore) -> None:
    claim = searching(database)
    helper = helping(database)
    database.queue.cancel(claim.run_id)
    assert database.helping.renew(helper, lease_seconds=LEASE) is Wish.OVER
    assert offered(database, "m3") is None


def test_what_helpers_left_goes_with_the_run(database: SqlStore) -> None:
    claim = searching(database, candidates=1)
    database.helping.next(helping(database))
    database.held(claim).transition(claim.run_id, RunStatus.FINISHED)
    assert database.prune(datetime.now(UTC) + timedelta(days=1)) == 1
    with database.engine.connect() as connection:
        for table in ("helpers", "takes"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


def test_candidates_without_a_verdict_are_not_finished(database: SqlStore) -> None:
    claim = searching(database, candidates=1)
    nothing: tuple[Candidate, ...] = ()
    assert database.helping.finished(claim.run_id, frozenset({1})) == nothing
