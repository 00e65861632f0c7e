"""What every queue promises, and what the holder of a claim may do."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.candidate import Verdict
from core.errors import AllowanceError, ConfigError, LostClaimError, StoreError
from core.queue import MOST_ATTEMPTS, Claim, Ticket, Wish, WorkerState
from core.run import SANDBOX_BROKE, BackendSpec, RunStatus
from core.service import HeldStore
from core.spend import Budget
from tests.fakes.service import ServiceStore
from tests.store.conftest import hours_pass
from tests.store.facts import MOMENT, a_call, a_candidate, a_decision, a_run, an_evaluation

LONG, ENDED = 60.0, -1.0
HOURS = 24


def hand_in(store: ServiceStore, *run_ids: str, owner: str = "ada", priority: int = 0) -> None:
    for run_id in run_ids:
        store.queue.enqueue(a_run(run_id), Ticket(owner=owner, priority=priority))


def claim(store: ServiceStore, worker: str = "w1", *, machine: str = "m1", lease_seconds: float = LONG) -> Claim:
    claimed = store.queue.claim(worker, machine=machine, lease_seconds=lease_seconds)
    assert claimed
    return claimed


def claimed_ids(store: ServiceStore, *, machine: str = "m") -> Iterator[str]:
    while claimed := store.queue.claim("w", machine=machine, lease_seconds=LONG):
        yield claimed.run_id


def refuse(store: ServiceStore, machine: str, reason: str = "no engine", *, is_attempt: bool = False) -> Claim:
    """The machine takes a run up, and is unable to work on it."""
    held = claim(store, machine=machine)
    store.queue.set_aside(held, reason=reason, hours=HOURS, is_attempt=is_attempt)
    return held


def status(store: ServiceStore, run_id: str = "3fa4") -> RunStatus:
    return store.catalogue.summary(run_id).status


def test_a_run_that_is_handed_in_waits_for_a_worker(store: ServiceStore) -> None:
    assert store.queue.enqueue(a_run(), Ticket(owner="ada", batch="b1")) == "3fa4"
    line = store.catalogue.summary("3fa4")
    assert (line.status, line.waits, line.owner, line.batch) == (RunStatus.QUEUED, True, "ada", "b1")
    assert store.load("3fa4").run == a_run()


def test_an_id_is_taken_once(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    with pytest.raises(StoreError, match="3fa4"):
        hand_in(store, "3fa4")


def test_the_archive_of_a_run_is_kept(store: ServiceStore) -> None:
    store.queue.enqueue(a_run("3fa4"), Ticket(), archive=b"\x00\xff")
    store.queue.enqueue(a_run("7b00"), Ticket())
    assert [store.queue.archive(run_id) for run_id in ("3fa4", "7b00", "9")] == [b"\x00\xff", None, None]


def test_the_same_key_of_the_same_owner_is_the_same_run(store: ServiceStore) -> None:
    ticket = Ticket(owner="ada", key="k", fingerprint="f")
    assert store.queue.submitted(ticket) is None
    assert store.queue.enqueue(a_run("3fa4"), ticket) == "3fa4"
    assert store.queue.enqueue(a_run("7b00"), ticket) == store.queue.submitted(ticket) == "3fa4"
    assert store.queue.enqueue(a_run("9c00"), replace(ticket, owner="bob")) == "9c00"
    assert [line.id for line in store.recent(9)] == ["9c00", "3fa4"]


def test_a_key_that_was_used_for_another_request_is_refused(store: ServiceStore) -> None:
    store.queue.enqueue(a_run(), Ticket(owner="ada", key="k", fingerprint="f"))
    for ask in (store.queue.submitted, lambda ticket: store.queue.enqueue(a_run("7b00"), ticket)):
        with pytest.raises(ConfigError, match=r"'k' was used for another request, run 3fa4"):
            ask(Ticket(owner="ada", key="k", fingerprint="g"))


def test_a_run_gets_what_is_left_of_its_owner_s_day_and_no_more(store: ServiceStore) -> None:
    store.queue.enqueue(replace(a_run("a"), budget=Budget(dollars=3.0)), Ticket(owner="ada"), dollars_per_day=5.0)
    store.queue.enqueue(replace(a_run("b"), budget=Budget(tokens=9)), Ticket(owner="ada"), dollars_per_day=5.0)
    assert store.load("b").run.budget == Budget(tokens=9, dollars=2.0)
    with pytest.raises(AllowanceError, match=r"ada has 0\.00 dollars left of 5\.00"):
        store.queue.enqueue(a_run("c"), Ticket(owner="ada"), dollars_per_day=5.0)
    store.queue.enqueue(a_run("d"), Ticket(owner="bob"), dollars_per_day=5.0)
    assert {line.id for line in store.recent(9)} == {"a", "b", "d"}


def test_what_can_not_cost_anything_is_neither_bounded_nor_counted(store: ServiceStore) -> None:
    run = a_run("a")
    free = replace(run.backends, proposers=tuple(BackendSpec(name=name, options={}) for name in ("rules", "local")))
    for run_id in ("a", "b"):
        asked = replace(run, id=run_id, backends=free, budget=Budget(candidates=3, dollars=7.0))
        store.queue.enqueue(asked, Ticket(owner="ada"), dollars_per_day=5.0)
        assert store.load(run_id).run.budget == asked.budget
    assert store.keyring.committed("ada", datetime.now(UTC) - timedelta(days=1)) == 0


def test_a_run_that_is_resumed_gets_what_is_left_of_the_day_beyond_what_it_has_spent(store: ServiceStore) -> None:
    store.queue.enqueue(replace(a_run("a"), budget=Budget(dollars=4.0)), Ticket(owner="ada"))
    store.ledger("a").record(replace(a_call(), dollars=4.0, asked_at=datetime.now(UTC) - timedelta(days=2)))
    store.queue.cancel("a")
    with pytest.raises(AllowanceError, match=r"1\.00 dollars left of 1\.00"):
        store.queue.requeue("a", Budget(dollars=5.5), dollars_per_day=1.0)
    for asked, granted in ((4.75, 4.75), (None, 5.0)):
        store.queue.requeue("a", Budget(dollars=asked), dollars_per_day=1.0)
        assert store.load("a").run.budget.dollars == granted
        store.queue.cancel("a")


def test_runs_without_a_key_are_never_the_same(store: ServiceStore) -> None:
    hand_in(store, "3fa4", "7b00")
    assert store.queue.submitted(Ticket(owner="ada")) is None
    assert len(store.recent(9)) == 2


def test_nothing_is_claimed_where_nothing_waits(store: ServiceStore) -> None:
    store.create(a_run())
    assert store.queue.claim("w1", machine="m1", lease_seconds=LONG) is None


def test_a_claimed_run_runs_at_its_worker(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    assert claim(store) == Claim(run_id="3fa4", worker="w1", attempt=1)
    line = store.catalogue.summary("3fa4")
    assert (line.status, line.machine, line.ended_at) == (RunStatus.RUNNING, "m1", None)
    assert line.started_at
    assert list(claimed_ids(store)) == []


def test_an_owners_runs_go_by_priority_then_by_age(store: ServiceStore) -> None:
    hand_in(store, "b", "a", priority=1)
    hand_in(store, "c", priority=9)
    hand_in(store, "d")
    assert list(claimed_ids(store)) == ["c", "b", "a", "d"]


def test_a_run_that_a_machine_is_unable_to_work_on_waits_for_others_at_once_and_was_no_attempt(
    store: ServiceStore,
) -> None:
    hand_in(store, "a1", "a2", owner="ada")
    assert refuse(store, "m1").run_id == "a1"
    assert [status(store, run_id) for run_id in ("a1", "a2")] == [RunStatus.QUEUED] * 2
    assert list(claimed_ids(store, machine="m1")) == ["a2"]
    assert claim(store, "w2", machine="m2") == Claim(run_id="a1", worker="w2", attempt=1)


def test_the_machine_is_offered_the_run_again_after_a_rest_that_doubles_up_to_an_hour(store: ServiceStore) -> None:
    hand_in(store, "a1")
    for _ in range(6):
        refuse(store, "m1")
        assert list(claimed_ids(store, machine="m1")) == []
        hours_pass(store, 1)
    assert claim(store, machine="m1").attempt == 1


def test_a_waiting_run_says_which_machine_was_unable_and_why_until_it_is_taken_up(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    refuse(store, "m1", f"{SANDBOX_BROKE}no engine")
    assert store.catalogue.summary("3fa4").progress == "waits for a machine that can: no engine (machine m1)"
    refuse(store, "m2", "the server is out of reach")
    assert "the server is out of reach (machine m2)" in store.catalogue.summary("3fa4").progress
    claim(store, machine="m3")
    assert not store.catalogue.summary("3fa4").progress


def test_a_run_that_one_machine_is_unable_to_work_on_wakes_the_others_as_any_that_waits(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    refuse(store, "m1")
    assert [store.queue.recover() for _ in range(2)] == [("3fa4",), ()]
    assert store.catalogue.waiting_seconds() > 0


def test_a_run_that_no_machine_could_work_on_for_hours_fails_and_names_them(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    refuse(store, "m1", f"{SANDBOX_BROKE}no engine")
    hours_pass(store, HOURS - 1)
    refuse(store, "m2", "the server is out of reach")
    refuse(store, "m1", f"{SANDBOX_BROKE}no engine at all")
    assert status(store) is RunStatus.QUEUED
    hours_pass(store, 1)
    refuse(store, "m2", "the server is out of reach")
    line = store.catalogue.summary("3fa4")
    assert (line.status, line.ended_at is not None, line.progress) == (RunStatus.FAILED, True, "")
    assert line.error == (
        "the sandbox broke: no machine could work on this run for 24 hours: no engine at all (machine m1); "
        "the server is out of reach (machine m2)"
    )
    assert store.queue.recover() == ()


def test_a_run_is_not_given_up_while_a_machine_is_alive_that_has_not_tried_it(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    refuse(store, "m1")
    for machine in ("m1", "busy"):
        told = WorkerState(name=machine, machine=machine, release="1.0", started_at=MOMENT, seen_at=MOMENT)
        store.queue.report_worker(told)
    hours_pass(store, HOURS)
    refuse(store, "m1")
    line = store.catalogue.summary("3fa4")
    assert (line.status, "(machine m1)" in line.progress) == (RunStatus.QUEUED, True)
    store.queue.forget_worker("busy")
    hours_pass(store, 1)
    refuse(store, "m1")
    assert status(store) is RunStatus.FAILED


def die(store: ServiceStore, held: Claim) -> None:
    store.queue.renew(held, lease_seconds=ENDED)
    store.queue.recover()


def break_off(store: ServiceStore, held: Claim) -> None:
    store.queue.set_aside(held, reason="the spawner died", hours=HOURS, is_attempt=True)


def fail(store: ServiceStore, held: Claim) -> None:
    store.held(held).transition("3fa4", RunStatus.FAILED)
    store.queue.requeue("3fa4", Budget())


def end_cancelled(store: ServiceStore, held: Claim) -> None:
    store.queue.cancel("3fa4")
    store.queue.set_aside(held, reason="no engine", hours=HOURS)
    store.queue.requeue("3fa4", Budget())


@pytest.mark.parametrize("begin", [die, break_off, fail, end_cancelled])
def test_a_machine_that_gets_to_work_on_the_run_or_its_end_makes_void_that_others_were_unable(
    store: ServiceStore, begin: Callable[[ServiceStore, Claim], None]
) -> None:
    hand_in(store, "3fa4")
    refuse(store, "m1")
    hours_pass(store, HOURS)
    begin(store, claim(store, machine="m2"))
    assert "m1" not in store.catalogue.summary("3fa4").progress
    refuse(store, "m1")
    assert status(store) is RunStatus.QUEUED


def test_a_waiting_run_that_is_cancelled_forgets_which_machines_were_unable(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    refuse(store, "m1")
    store.queue.cancel("3fa4")
    assert not store.catalogue.summary("3fa4").progress
    store.queue.requeue("3fa4", Budget())
    assert claim(store, machine="m1").run_id == "3fa4"


def test_a_machine_that_had_begun_before_its_sandbox_broke_has_made_an_attempt(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    for number in range(MOST_ATTEMPTS):
        assert refuse(store, f"m{number}", is_attempt=True).attempt == number + 1
    assert status(store) is RunStatus.FAILED


def test_nobody_sets_aside_what_is_anothers_and_a_cancelled_run_ends_so(store: ServiceStore) -> None:
    hand_in(store, "a1")
    held = claim(store)
    store.queue.set_aside(replace(held, worker="another"), reason="no engine", hours=HOURS)
    assert status(store, "a1") is RunStatus.RUNNING
    store.queue.cancel("a1")
    store.queue.set_aside(held, reason="no engine", hours=HOURS)
    assert status(store, "a1") is RunStatus.CANCELLED


def test_owners_take_turns_whatever_their_priorities(store: ServiceStore) -> None:
    hand_in(store, "a1", "a2", "a3", owner="ada", priority=9)
    hand_in(store, "b1", owner="bob")
    hand_in(store, "c1", "c2", owner="cyd")
    assert list(claimed_ids(store)) == ["a1", "b1", "c1", "a2", "c2", "a3"]


def test_many_runs_of_one_owner_do_not_starve_anothers_single_one(store: ServiceStore) -> None:
    hand_in(store, *(f"a{number}" for number in range(30)), owner="ada")
    for _ in range(3):
        claim(store)
    hand_in(store, "b1", owner="bob")
    assert claim(store).run_id == "b1"


def test_who_was_served_longest_ago_comes_first_among_equals(store: ServiceStore) -> None:
    hand_in(store, "a1", "a2", owner="ada")
    hand_in(store, "b1", "b2", owner="bob")
    for _ in range(2):
        held = claim(store)
        store.held(held).transition(held.run_id, RunStatus.FINISHED)
    assert [claim(store).run_id for _ in range(2)] == ["a2", "b2"]


@pytest.mark.parametrize("is_refused", [True, False])
def test_an_owner_whose_run_was_only_refused_or_given_back_was_not_served(
    store: ServiceStore,
    is_refused: bool,  # noqa: FBT001 pytest gives it by name
) -> None:
    hand_in(store, "a1", owner="bob")
    store.held(claim(store)).transition("a1", RunStatus.FINISHED)
    hand_in(store, "c1", owner="cyd")
    if is_refused:
        refuse(store, "m1")
    else:
        store.queue.release(claim(store))
    hand_in(store, "b1", owner="bob")
    assert store.catalogue.summary("c1").started_at is None
    assert list(claimed_ids(store, machine="m2")) == ["c1", "b1"]


def test_the_holder_learns_what_is_wanted(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    held = claim(store)
    assert store.queue.renew(held, lease_seconds=LONG) is Wish.WANTED
    assert store.queue.cancel("3fa4") is RunStatus.RUNNING
    assert store.queue.renew(held, lease_seconds=LONG) is Wish.CANCELLED
    store.held(held).transition("3fa4", RunStatus.CANCELLED)
    assert store.queue.renew(held, lease_seconds=LONG) is Wish.OVER
    assert store.queue.renew(replace(held, worker="w2"), lease_seconds=LONG) is Wish.LOST
    assert store.queue.renew(replace(held, run_id="9"), lease_seconds=LONG) is Wish.LOST


def test_a_renewed_lease_holds(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    held = claim(store, lease_seconds=ENDED)
    store.queue.renew(held, lease_seconds=LONG)
    store.queue.recover()
    assert store.queue.renew(held, lease_seconds=LONG) is Wish.WANTED


def test_a_run_that_is_given_back_waits_as_if_nobody_had_taken_it_up(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    first = claim(store, "w1")
    store.queue.release(first)
    assert status(store) is RunStatus.QUEUED
    assert claim(store, "w2") == Claim(run_id="3fa4", worker="w2", attempt=1)
    store.queue.release(first)
    assert status(store) is RunStatus.RUNNING


def test_a_run_that_is_given_back_still_says_which_machine_was_unable_and_since_when(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    refuse(store, "m1", "no server")
    refuse(store, "m2", "no engine")
    said = store.catalogue.summary("3fa4").progress
    store.queue.release(claim(store, machine="m3"))
    assert store.catalogue.summary("3fa4").progress == said
    hours_pass(store, HOURS)
    refuse(store, "m1", "no server")
    assert status(store) is RunStatus.FAILED


def test_a_run_that_is_given_back_ends_where_that_was_asked(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    held = claim(store)
    store.queue.cancel("3fa4")
    store.queue.release(held)
    line = store.catalogue.summary("3fa4")
    assert (line.status, line.stopped_by) == (RunStatus.CANCELLED, "cancelled on request")
    assert line.ended_at


def test_a_silent_run_waits_again_for_another_worker(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    lost = claim(store, lease_seconds=ENDED)
    assert store.queue.recover() == ("3fa4",)
    assert store.queue.renew(lost, lease_seconds=LONG) is Wish.LOST
    assert claim(store, "w2") == Claim(run_id="3fa4", worker="w2", attempt=2)


def test_a_run_that_workers_die_over_fails_in_the_end(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    for _ in range(MOST_ATTEMPTS):
        claim(store, lease_seconds=ENDED)
        store.queue.recover()
    line = store.catalogue.summary("3fa4")
    assert (line.status, line.ended_at is not None) == (RunStatus.FAILED, True)
    assert f"{MOST_ATTEMPTS} workers died over this run" in line.error


def test_a_silent_run_that_nobody_wants_any_more_is_cancelled(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    claim(store, lease_seconds=ENDED)
    store.queue.cancel("3fa4")
    assert store.queue.recover() == ()
    line = store.catalogue.summary("3fa4")
    assert (line.status, line.stopped_by, line.ended_at is not None) == (
        RunStatus.CANCELLED,
        "cancelled on request",
        True,
    )


def test_recovering_leaves_alone_what_is_held_or_belongs_to_a_terminal(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    claim(store)
    store.create(a_run("7b00"))
    store.transition("7b00", RunStatus.RUNNING)
    assert store.queue.recover() == ()
    assert [status(store, run_id) for run_id in ("3fa4", "7b00")] == [RunStatus.RUNNING] * 2


def test_a_waiting_run_is_not_named_twice_in_a_minute(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    claim(store, lease_seconds=ENDED)
    assert [store.queue.recover() for _ in range(2)] == [("3fa4",), ()]


def test_a_batch_is_cancelled_run_by_run_where_it_waits_and_where_it_is_worked_on(store: ServiceStore) -> None:
    for run_id, owner, batch in (("a", "ada", "b"), ("b", "ada", "b"), ("c", "bob", "b"), ("d", "ada", "other")):
        store.queue.enqueue(a_run(run_id), Ticket(owner=owner, batch=batch))
    held = claim(store)
    store.queue.cancel_batch("b", owner="ada")
    assert store.queue.renew(held, lease_seconds=LONG) is Wish.CANCELLED
    assert [status(store, run_id) for run_id in "abcd"] == [
        RunStatus.RUNNING,
        RunStatus.CANCELLED,
        RunStatus.QUEUED,
        RunStatus.QUEUED,
    ]
    store.queue.cancel_batch("b")
    assert [status(store, run_id) for run_id in "cd"] == [RunStatus.CANCELLED, RunStatus.QUEUED]


def test_a_waiting_run_is_cancelled_at_once(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    assert [store.queue.cancel("3fa4") for _ in range(2)] == [RunStatus.CANCELLED] * 2
    line = store.catalogue.summary("3fa4")
    assert (line.stopped_by, line.ended_at is not None) == ("cancelled on request", True)
    assert list(claimed_ids(store)) == []


def test_only_runs_of_the_service_can_be_cancelled(store: ServiceStore) -> None:
    store.create(a_run())
    with pytest.raises(ConfigError, match="terminal"):
        store.queue.cancel("3fa4")
    with pytest.raises(ConfigError, match="no run '9'"):
        store.queue.cancel("9")
    store.transition("3fa4", RunStatus.FINISHED)
    assert store.queue.cancel("3fa4") is RunStatus.FINISHED


def test_a_run_that_is_over_can_wait_again_with_another_budget(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    for _ in range(MOST_ATTEMPTS):
        claim(store, lease_seconds=ENDED)
        store.queue.recover()
    store.queue.requeue("3fa4", Budget(candidates=99))
    assert store.load("3fa4").run == replace(a_run(), budget=Budget(candidates=99))
    assert store.catalogue.summary("3fa4").ended_at is None
    held = claim(store)
    assert held.attempt == 1
    assert store.queue.renew(held, lease_seconds=LONG) is Wish.WANTED


def test_a_run_of_a_terminal_may_go_on_at_a_worker_when_it_is_over(store: ServiceStore) -> None:
    store.create(a_run())
    store.transition("3fa4", RunStatus.CANCELLED)
    store.queue.requeue("3fa4", Budget())
    assert list(claimed_ids(store)) == ["3fa4"]


def test_a_run_that_is_not_over_can_not_be_queued_again(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    for words in ("3fa4 is queued", "3fa4 is running"):
        with pytest.raises(ConfigError, match=words):
            store.queue.requeue("3fa4", Budget())
        store.queue.claim("w1", machine="m1", lease_seconds=LONG)
    with pytest.raises(ConfigError, match="no run '9'"):
        store.queue.requeue("9", Budget())


def test_the_end_of_a_run_is_noted_and_forgotten_when_it_goes_on(store: ServiceStore) -> None:
    store.create(a_run())
    for ended in (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.CANCELLED):
        store.transition("3fa4", ended)
        assert store.catalogue.summary("3fa4").ended_at
        store.transition("3fa4", RunStatus.RUNNING)
        assert store.catalogue.summary("3fa4").ended_at is None


def test_a_terminal_does_not_take_up_what_a_worker_works_on(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    held = claim(store)
    with pytest.raises(ConfigError, match="being worked on by w1"):
        store.transition("3fa4", RunStatus.RUNNING)
    store.held(held).transition("3fa4", RunStatus.RUNNING)


def test_what_a_terminal_takes_up_is_no_workers_any_more(store: ServiceStore) -> None:
    hand_in(store, "3fa4", "7b00")
    lost = claim(store, lease_seconds=ENDED)
    for run_id in ("3fa4", "7b00"):
        store.transition(run_id, RunStatus.RUNNING)
        assert not store.catalogue.summary(run_id).waits
    assert store.queue.recover() == ()
    assert store.queue.renew(lost, lease_seconds=LONG) is Wish.LOST
    assert list(claimed_ids(store)) == []


def test_the_holder_writes_all_about_its_run(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    held = store.held(claim(store))
    for write in WRITES:
        write(held)
    line = store.catalogue.summary("3fa4")
    assert (line.status, line.stage, line.progress) == (RunStatus.FINISHED, "search", "2 of 8")
    assert [entry.message for entry in store.catalogue.entries("3fa4")] == ["begins"]


WRITES: list[Callable[[HeldStore], None]] = [
    lambda held: held.grant("3fa4", Budget(candidates=9)),
    lambda held: held.history("3fa4").propose(a_candidate()),
    lambda held: held.history("3fa4").profile(0, []),
    lambda held: held.history("3fa4").decide(0, an_evaluation(), a_decision()),
    lambda held: held.history("3fa4").confirm(0, an_evaluation(), a_decision(Verdict.CONFIRMED)),
    lambda held: held.ledger("3fa4").record(a_call()),
    lambda held: held.say("3fa4", "search", "begins"),
    lambda held: held.show_progress("3fa4", "search", "2 of 8"),
    lambda held: held.transition("3fa4", RunStatus.FINISHED),
]


@pytest.mark.parametrize("taken", [True, False])
def test_nothing_is_written_by_a_holder_that_lost_its_claim(store: ServiceStore, taken: bool) -> None:  # noqa: FBT001 pytest gives it by name
    hand_in(store, "3fa4")
    held = store.held(claim(store, lease_seconds=ENDED))
    store.queue.recover()
    if taken:
        claim(store, "w2")
    before = store.load("3fa4"), store.catalogue.summary("3fa4")
    for write in WRITES:
        with pytest.raises(LostClaimError, match="w1"):
            write(held)
    assert (store.load("3fa4"), store.catalogue.summary("3fa4")) == before
    assert store.catalogue.entries("3fa4") == ()


def test_a_lost_claim_leaves_what_was_written_before(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    store.held(claim(store, lease_seconds=ENDED)).history("3fa4").propose(a_candidate())
    store.queue.recover()
    again = store.held(claim(store, "w2"))
    assert again.load("3fa4").candidates == (a_candidate(),)
    again.history("3fa4").decide(0, an_evaluation(), a_decision())


def test_hints_are_kept_in_their_order_and_reach_the_search(store: ServiceStore) -> None:
    hand_in(store, "3fa4")
    for text in ("try a set\n", "leave parse() alone"):
        store.queue.add_hint("3fa4", "ada", text)
    hints = store.catalogue.hints("3fa4")
    assert [(hint.number, hint.author, hint.text) for hint in hints] == [
        (1, "ada", "try a set"),
        (2, "ada", "leave parse() alone"),
    ]
    assert store.history("3fa4").hints() == hints
    assert store.load("3fa4").hints == hints


@pytest.mark.parametrize("text", [" \n", "x" * 1001])
def test_a_hint_that_says_nothing_or_too_much_is_refused(store: ServiceStore, text: str) -> None:
    hand_in(store, "3fa4")
    with pytest.raises(ConfigError, match="hint"):
        store.queue.add_hint("3fa4", "ada", text)
    with pytest.raises(ConfigError, match="7b00"):
        store.queue.add_hint("7b00", "ada", "try a set")
