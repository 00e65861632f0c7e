"""What lists and pages may rely on."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.candidate import MINIMISER, Verdict
from core.errors import ConfigError
from core.listing import Order, RunFilter
from core.measurement import Speedup
from core.profile import Profile
from core.queue import Ticket, WorkerState
from core.run import SANDBOX_BROKE, RunKind, RunStatus
from core.service import Catalogue
from core.spend import Spend
from store.sql import SqlStore
from tests.fakes.service import ServiceStore
from tests.store.facts import MOMENT, a_call, a_candidate, a_decision, a_run, an_evaluation

PROFILE = Profile(profiler="cprofile", unit="s", total=1.0, hotspots=())


def won(store: ServiceStore, run_id: str, estimate: float, *, minutes: int = 0) -> None:
    store.create(a_run(run_id, minutes=minutes))
    confirm(store, run_id, estimate)


def confirm(store: ServiceStore, run_id: str, estimate: float) -> None:
    history = store.history(run_id)
    history.propose(a_candidate())
    history.decide(0, an_evaluation(), a_decision())
    history.confirm(0, an_evaluation(), a_decision(Verdict.CONFIRMED, estimate=estimate))


def ids(store: ServiceStore, wanted: RunFilter, order: Order = Order.NEWEST) -> list[str]:
    return [line.id for line in store.catalogue.page(wanted, order=order).runs]


def walk(catalogue: Catalogue, order: Order, limit: int) -> Sequence[str]:
    page = catalogue.page(RunFilter(), order=order, limit=limit)
    found = [line.id for line in page.runs]
    while page.after:
        page = catalogue.page(RunFilter(), order=order, limit=limit, after=page.after)
        found += [line.id for line in page.runs]
    return found


@pytest.mark.parametrize("limit", [1, 2, 5, 6])
def test_the_pages_of_a_list_are_the_list(store: ServiceStore, limit: int) -> None:
    for run_id, minutes in (("a", 3), ("b", 9), ("c", 3), ("d", 3), ("e", 1)):
        store.create(a_run(run_id, minutes=minutes))
    assert walk(store.catalogue, Order.NEWEST, limit) == ["b", "d", "c", "a", "e"]


@pytest.mark.parametrize("limit", [1, 3, 9])
def test_the_fastest_come_first_and_those_without_a_confirmed_speedup_not_at_all(
    store: ServiceStore, limit: int
) -> None:
    for run_id, estimate in (("a", 1.5), ("b", 1 / 3), ("c", 1.5), ("d", 12.25)):
        won(store, run_id, estimate)
    store.create(a_run("e"))
    assert walk(store.catalogue, Order.FASTEST, limit) == ["d", "c", "a", "b"]


def test_a_run_that_comes_in_between_two_pages_moves_nothing(store: ServiceStore) -> None:
    for run_id, minutes in (("a", 1), ("b", 2), ("c", 3)):
        store.create(a_run(run_id, minutes=minutes))
    first = store.catalogue.page(RunFilter(), limit=2)
    store.create(a_run("d", minutes=4))
    assert [line.id for line in store.catalogue.page(RunFilter(), limit=2, after=first.after).runs] == ["a"]


def test_the_last_page_says_so(store: ServiceStore) -> None:
    assert store.catalogue.page(RunFilter()).after == ""
    store.create(a_run())
    assert store.catalogue.page(RunFilter(), limit=1).after == ""


def test_a_list_is_restricted_by_each_of_its_filters(store: ServiceStore) -> None:
    store.queue.enqueue(a_run("a"), Ticket(owner="ada", batch="b1"))
    store.create(replace(a_run("b", minutes=5), kind=RunKind.JUDGE))
    elsewhere = replace(a_run().problem, repository="git@example.org:team/Other_Tool.git")
    store.create(replace(a_run("c", minutes=9), problem=elsewhere))
    store.transition("c", RunStatus.FAILED)
    won(store, "d", 2.0, minutes=12)
    for wanted, found in [
        (RunFilter(statuses=(RunStatus.FAILED,)), ["c"]),
        (RunFilter(statuses=(RunStatus.FAILED, RunStatus.QUEUED)), ["d", "c", "b", "a"]),
        (RunFilter(kind=RunKind.JUDGE), ["b"]),
        (RunFilter(owner="ada"), ["a"]),
        (RunFilter(owner="local"), ["d", "c", "b"]),
        (RunFilter(repository="https://example.org/slow.git"), ["d", "b", "a"]),
        (RunFilter(repository="https://example.org/slow"), []),
        (RunFilter(name="slow"), ["d", "b", "a"]),
        (RunFilter(name="OTHER_"), ["c"]),
        (RunFilter(name="%"), []),
        (RunFilter(name="otherX"), []),
        (RunFilter(batch="b1"), ["a"]),
        (RunFilter(since=MOMENT + timedelta(minutes=5)), ["d", "c", "b"]),
        (RunFilter(until=MOMENT + timedelta(minutes=5)), ["a"]),
        (RunFilter(min_speedup=2.0), ["d"]),
        (RunFilter(min_speedup=2.1), []),
        (RunFilter(owner="local", name="s", statuses=(RunStatus.QUEUED,)), ["d", "b"]),
    ]:
        assert ids(store, wanted) == found, wanted


def test_a_batch_is_counted_together_or_by_owner(store: ServiceStore) -> None:
    for run_id, owner, batch in (("a", "ada", "b"), ("b", "ada", "b"), ("c", "bob", "b"), ("d", "ada", "other")):
        store.queue.enqueue(a_run(run_id), Ticket(owner=owner, batch=batch))
        store.ledger(run_id).record(a_call())
    confirm(store, "a", 2.0)
    confirm(store, "c", 8.0)
    store.queue.cancel("c")
    together = store.catalogue.batch("b")
    counted = {**dict.fromkeys(RunStatus, 0), RunStatus.QUEUED: 2, RunStatus.CANCELLED: 1}
    assert (together.name, together.runs, together.faster, together.dollars) == ("b", counted, 2, 0.75)
    assert together.speedup == pytest.approx(4.0)
    hers = store.catalogue.batch("b", owner="ada")
    assert (hers.runs[RunStatus.QUEUED], hers.faster) == (2, 1)
    assert hers.speedup == pytest.approx(2.0)
    for name, owner in (("nosuch", ""), ("other", "bob"), ("", "")):
        with pytest.raises(ConfigError, match=f"no batch '{name}'"):
            store.catalogue.batch(name, owner=owner)


def test_filters_hold_for_the_fastest_as_well(store: ServiceStore) -> None:
    won(store, "a", 2.0)
    won(store, "b", 3.0)
    store.transition("b", RunStatus.FAILED)
    assert ids(store, RunFilter(statuses=(RunStatus.QUEUED,)), Order.FASTEST) == ["a"]


def forged(*parts: object) -> str:
    return urlsafe_b64encode(json.dumps(parts).encode()).decode()


NAIVE = datetime(9999, 12, 31, 23)  # noqa: DTZ001 the point of a test
HOSTILE_CURSORS = [
    "x",
    "é",
    "\x00",
    "null",
    urlsafe_b64encode(b"[" * 40_000).decode(),
    urlsafe_b64encode(b'["newest",').decode(),
    forged(),
    forged("newest", "soon", "a"),
    forged("newest", "2026-01-01T00:00:00", "a"),
    forged("newest", 5, "a"),
    forged("newest", "2026-01-01T00:00:00+00:00", None),
    forged("newest", "2026-01-01T00:00:00+00:00", "a", "b"),
    forged("newest", "0001-01-01T00:00:00+14:00", "a"),
    forged("fastest", 10**400, "a"),
    forged("fastest", "a", "a"),
    forged("oldest", "2026-01-01T00:00:00+00:00", "a"),
    forged("fastest", 2.0, "a"),
]


def test_a_cursor_that_is_none_is_refused(store: ServiceStore) -> None:
    for cursor in HOSTILE_CURSORS:
        with pytest.raises(ConfigError, match="cursor"):
            store.catalogue.page(RunFilter(), after=cursor)
    for cursor in HOSTILE_CURSORS[:-1]:
        with pytest.raises(ConfigError, match="cursor"):
            store.catalogue.page(RunFilter(), order=Order.FASTEST, after=cursor)


def test_a_cursor_of_a_run_that_is_gone_or_never_was_finds_its_place(database: SqlStore) -> None:
    database.create(a_run())
    for run_id in ("\x00", "\ud800", "zz", "'"):
        cursor = forged("newest", "2026-11-21T16:59:59+05:00", run_id)
        assert database.catalogue.page(RunFilter(), after=cursor).runs == ()
        cursor = forged("newest", "2026-11-21T17:00:01+05:00", run_id)
        assert len(database.catalogue.page(RunFilter(), after=cursor).runs) == 1


@pytest.mark.parametrize("moment", [NAIVE, NAIVE.replace(tzinfo=timezone(-timedelta(hours=9)))])
def test_a_time_that_is_none_is_refused(database: SqlStore, moment: datetime) -> None:
    for wanted in (RunFilter(since=moment), RunFilter(until=moment)):
        with pytest.raises(ConfigError, match=r"the time 9999-12-31"):
            database.catalogue.page(wanted)


def test_a_cursor_of_another_order_is_refused(store: ServiceStore) -> None:
    won(store, "a", 2.0)
    won(store, "b", 3.0)
    newest, fastest = (store.catalogue.page(RunFilter(), order=order, limit=1).after for order in Order)
    with pytest.raises(ConfigError, match="cursor"):
        store.catalogue.page(RunFilter(), order=Order.FASTEST, after=newest)
    with pytest.raises(ConfigError, match="cursor"):
        store.catalogue.page(RunFilter(), after=fastest)


def test_any_text_may_be_searched_for(store: ServiceStore) -> None:
    store.create(a_run())
    for text in ("\x00", "\udc80", "'; DROP TABLE runs", "x" * 10_000):
        for wanted in (RunFilter(name=text), RunFilter(owner=text), RunFilter(repository=text), RunFilter(batch=text)):
            assert ids(store, wanted) == []


def test_a_run_is_found_by_the_start_of_its_id(store: ServiceStore) -> None:
    store.create(a_run("3fa4"))
    store.create(a_run("7b00"))
    assert store.catalogue.summary("3").id == store.catalogue.run("3f").id == "3fa4"
    for ask in (store.catalogue.summary, store.catalogue.run):
        with pytest.raises(ConfigError, match="3fa4"):
            ask("9")


def test_a_line_counts_what_models_were_paid(store: ServiceStore) -> None:
    store.create(a_run())
    for key in "kl":
        store.ledger("3fa4").record(a_call(key))
    line = store.catalogue.summary("3fa4")
    assert (line.tokens, line.dollars) == (30, 0.5)
    assert line == store.recent(1)[0] == store.catalogue.page(RunFilter()).runs[0]


def test_lines_of_candidates_are_what_the_candidates_are(store: ServiceStore) -> None:
    store.create(a_run())
    history = store.history("3fa4")
    for number, proposer in enumerate(("baseline", "rules", "rules", MINIMISER)):
        history.propose(a_candidate(number, parent=0 if number else None, proposer=proposer))
    for number in (0, 1, 3):
        history.decide(number, an_evaluation(), a_decision())
    history.confirm(3, an_evaluation(), a_decision(Verdict.CONFIRMED))
    lines, candidates = store.catalogue.candidates("3fa4"), store.load("3fa4").candidates
    assert [(line.number, line.parent, line.proposer) for line in lines] == [
        (candidate.number, candidate.parent, candidate.proposal.proposer) for candidate in candidates
    ]
    assert [(line.verdict, line.speedup, line.spend) for line in lines] == [
        (candidate.verdict, candidate.speedup, candidate.spend) for candidate in candidates
    ]
    assert [line.number for line in store.catalogue.candidates("3fa4", after=0, limit=2)] == [1, 2]
    assert store.catalogue.candidates("9") == ()


def test_a_candidate_comes_with_all_that_was_observed(store: ServiceStore) -> None:
    won(store, "3fa4", 2.0)
    store.history("3fa4").profile(0, [PROFILE])
    assert (store.catalogue.candidate("3fa4", 0),) == store.load("3fa4").candidates
    assert store.catalogue.profiles("3fa4", 0) == (PROFILE,)
    assert store.catalogue.profiles("3fa4", 1) == store.catalogue.profiles("9", 0) == ()
    for run_id, number in (("3fa4", 1), ("9", 0), ("3fa4", -1)):
        with pytest.raises(ConfigError, match=f"no candidate {number}"):
            store.catalogue.candidate(run_id, number)


def test_the_winner_has_the_highest_lower_end_of_those_that_are_confirmed(store: ServiceStore) -> None:
    store.create(a_run())
    history = store.history("3fa4")
    assert store.catalogue.winner("3fa4") is None
    ends = [(Verdict.CONFIRMED, 1.1), (Verdict.CONFIRMED, 1.3), (Verdict.NOT_FASTER, 1.4), (Verdict.CONFIRMED, 1.3)]
    for number, (verdict, low) in enumerate(ends):
        history.propose(a_candidate(number, parent=0 if number else None))
        history.decide(number, an_evaluation(), a_decision())
        measured = Speedup(estimate=2.0, low=low, high=3.0)
        history.confirm(number, an_evaluation(), replace(a_decision(verdict), speedup=measured))
    found = store.catalogue.winner("3fa4")
    assert found == store.load("3fa4").winner
    assert found
    assert found.number == 1
    assert store.catalogue.winner("9") is None


def test_where_an_evaluation_took_place_is_remembered(store: ServiceStore) -> None:
    store.create(a_run())
    store.history("3fa4").propose(a_candidate())
    store.history("3fa4").decide(0, replace(an_evaluation(), machine="m1"), a_decision())
    assert store.load("3fa4").candidates[0].evaluation == replace(an_evaluation(), machine="m1")


def test_the_questions_for_a_candidate_come_in_the_order_in_which_they_were_asked(store: ServiceStore) -> None:
    store.create(a_run())
    late, early = replace(a_call("a"), asked_at=MOMENT + timedelta(seconds=1)), a_call("b")
    for call in (late, early, replace(a_call("c"), candidate=2)):
        store.ledger("3fa4").record(call)
    assert store.catalogue.calls("3fa4", 1) == (early, late)
    assert store.catalogue.calls("9", 1) == ()


def test_what_a_run_says_is_numbered_and_read_on_from_there(store: ServiceStore) -> None:
    store.create(a_run("3fa4"))
    store.create(a_run("7b00"))
    for message in ("one", "two \x00\udc80", "three"):
        store.say("3fa4", "search", message)
    store.say("7b00", "setup", "other")
    entries = store.catalogue.entries("3fa4")
    assert [(entry.number, entry.stage) for entry in entries] == [(1, "search"), (2, "search"), (3, "search")]
    assert [entry.message for entry in entries] == ["one", "two \x00\udc80", "three"]
    assert entries[0].at <= entries[2].at
    assert store.catalogue.entries("3fa4", after=1, limit=1) == entries[1:2]
    assert store.catalogue.entries("9") == ()
    assert store.catalogue.last_entries("3fa4", limit=2) == entries[1:]
    assert store.catalogue.last_entries("3fa4", after=2) == entries[2:]
    assert store.catalogue.last_entries("9") == ()


def test_what_waits_runs_and_ended_lately_is_counted(store: ServiceStore) -> None:
    assert set(store.catalogue.counts().values()) == {0}
    assert store.catalogue.waiting_seconds() == 0
    for run_id in "abcd":
        store.queue.enqueue(a_run(run_id), Ticket())
    for ended in (RunStatus.FINISHED, RunStatus.RUNNING):
        claim = store.queue.claim("w", machine="m", lease_seconds=60)
        assert claim
        store.held(claim).transition(claim.run_id, ended)
    store.queue.cancel("d")
    counted = {RunStatus.QUEUED: 1, RunStatus.RUNNING: 1, RunStatus.FINISHED: 1, RunStatus.CANCELLED: 1}
    assert store.catalogue.counts() == {RunStatus.FAILED: 0, **counted}
    assert 0 <= store.catalogue.waiting_seconds() < 3600


def test_what_candidates_came_to_lately_and_broken_sandboxes_are_counted(store: ServiceStore) -> None:
    assert {*store.catalogue.verdicts_lately().values(), store.catalogue.broken_sandboxes()} == {0}
    for run_id, status, error in (
        ("3fa4", RunStatus.FINISHED, ""),
        ("7b00", RunStatus.RUNNING, ""),
        ("9c00", RunStatus.FAILED, f"{SANDBOX_BROKE}no bwrap"),
        ("ad00", RunStatus.FAILED, "the tests fail on the unchanged code"),
    ):
        store.create(a_run(run_id))
        history = store.history(run_id)
        for number in range(2):
            history.propose(a_candidate(number))
            history.decide(number, an_evaluation(20), a_decision())
        store.transition(run_id, RunStatus.RUNNING)
        if status is not RunStatus.RUNNING:
            store.transition(run_id, status, error=error)
    found = store.catalogue.verdicts_lately()
    assert {verdict: count for verdict, count in found.items() if count} == {a_decision().verdict: 6}
    assert store.catalogue.broken_sandboxes() == 1


def test_a_run_that_waits_because_machines_lack_a_sandbox_is_a_broken_one_as_well(store: ServiceStore) -> None:
    for machine, reason in (
        ("m1", f"{SANDBOX_BROKE}no bwrap"),
        ("m2", f"{SANDBOX_BROKE}no bwrap"),
        ("m3", "no server"),
    ):
        for run_id in ("3fa4", "7b00"):
            if machine == "m1":
                store.queue.enqueue(a_run(run_id), Ticket())
            claim = store.queue.claim("w", machine=machine, lease_seconds=60)
            assert claim
            store.queue.set_aside(claim, reason=reason if claim.run_id == "3fa4" else "no server", hours=24)
    assert store.catalogue.broken_sandboxes() == 1
    store.queue.cancel("3fa4")
    assert store.catalogue.broken_sandboxes() == 0


def test_what_a_candidate_of_a_model_costs_is_known_from_the_latest_questions(store: ServiceStore) -> None:
    assert store.catalogue.asked_lately("m").estimate(30) is None
    store.create(a_run("3fa4"))
    for number, (model, candidate) in enumerate((("m", 1), ("m", 1), ("m", 2), ("other", 3))):
        call = replace(a_call(f"k{number}"), model=model, candidate=candidate, dollars=0.25)
        store.ledger("3fa4").record(call)
    found = store.catalogue.asked_lately("m")
    assert (found.candidates, found.dollars, found.tokens) == (2, 0.75, 3 * 15)
    assert found.estimate(30) == 11.25


def test_what_models_cost_lately_is_added_up_over_all_runs(store: ServiceStore) -> None:
    now = datetime.now(UTC)
    for run_id, hours in (("3fa4", 1), ("7b00", 2), ("9c00", 25)):
        store.create(a_run(run_id))
        store.ledger(run_id).record(replace(a_call(), asked_at=now - timedelta(hours=hours)))
    assert store.catalogue.spent_lately() == Spend(tokens=30, dollars=0.5)


def test_what_models_cost_is_added_up_by_days(store: ServiceStore) -> None:
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    moments = (
        midnight,
        midnight - timedelta(microseconds=1),
        midnight - timedelta(days=1),
        midnight - timedelta(days=3),
    )
    store.create(a_run())
    for number, moment in enumerate(moments):
        store.ledger("3fa4").record(replace(a_call(str(number)), asked_at=moment))
    days = store.catalogue.spent_by_day(3)
    assert list(days) == [midnight.date() - timedelta(days=back) for back in (2, 1, 0)]
    assert [spend.tokens for spend in days.values()] == [0, 30, 15]
    assert sum(spend.dollars for spend in days.values()) == 0.75


def test_workers_are_listed_as_they_last_told(store: ServiceStore) -> None:
    told = WorkerState(name="w1", machine="m1", release="1.0", started_at=MOMENT, seen_at=MOMENT)
    for state in (replace(told, name="w2"), told, replace(told, run_id="3fa4")):
        store.queue.report_worker(state)
    first, second = store.catalogue.workers()
    assert replace(first, seen_at=MOMENT) == replace(told, run_id="3fa4")
    assert first.seen_at > datetime.now(UTC) - timedelta(hours=1)
    assert second.name == "w2"
    store.queue.forget_worker("w1")
    store.queue.forget_worker("nobody")
    assert [worker.name for worker in store.catalogue.workers()] == ["w2"]
