"""Many workers at the same queue at the same moment: real threads on real databases."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from core.errors import AllowanceError, ConfigError, LostClaimError
from core.queue import Claim, Ticket
from core.run import RunStatus
from core.spend import Budget
from store.sql import SqlStore
from tests.store.facts import a_candidate, a_run

T = TypeVar("T")
CLAIMERS, RUNS = 20, 200


def at_once(count: int, do: Callable[[int], T]) -> Sequence[T]:
    """What `do` returns in as many threads, which begin together."""
    ready = threading.Barrier(count)

    def begin(number: int) -> T:
        ready.wait()
        return do(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


def test_each_run_is_claimed_exactly_once(database: SqlStore) -> None:
    for number in range(RUNS):
        database.queue.enqueue(a_run(f"{number:04x}"), Ticket(owner=f"owner {number % 3}"))

    def work(number: int) -> list[Claim]:
        claims = []
        while claim := database.queue.claim(f"w{number}", machine="m", lease_seconds=60):
            claims.append(claim)
        return claims

    claims = [claim for theirs in at_once(CLAIMERS, work) for claim in theirs]
    assert sorted(claim.run_id for claim in claims) == [f"{number:04x}" for number in range(RUNS)]
    assert {claim.attempt for claim in claims} == {1}


def test_the_same_key_at_the_same_moment_makes_one_run(database: SqlStore) -> None:
    ticket = Ticket(owner="ada", key="k", fingerprint="f")
    ids = at_once(8, lambda number: database.queue.enqueue(a_run(f"{number:04x}"), ticket))
    assert len(set(ids)) == 1
    assert [line.id for line in database.recent(9)] == [ids[0]]


def test_two_requests_under_one_key_at_the_same_moment_make_one_run(database: SqlStore) -> None:
    def hand_in(number: int) -> str:
        ticket = Ticket(owner="ada", key="k", fingerprint=str(number))
        try:
            return database.queue.enqueue(a_run(f"{number:04x}"), ticket)
        except ConfigError as error:
            return str(error)[:9]

    answers = Counter(at_once(8, hand_in))
    assert answers.pop("the key '") == 7
    assert list(answers) == [line.id for line in database.recent(9)]


def test_runs_that_come_in_at_the_same_moment_get_no_more_than_the_day_s_dollars_together(database: SqlStore) -> None:
    def hand_in(number: int) -> float | None:
        run = replace(a_run(f"{number:04x}"), budget=Budget(dollars=2.0))
        try:
            database.queue.enqueue(run, Ticket(owner="ada"), dollars_per_day=5.0)
        except AllowanceError:
            return None
        return database.load(run.id).run.budget.dollars

    assert Counter(at_once(8, hand_in)) == {2.0: 2, None: 6}


def test_the_same_key_at_the_same_moment_is_one_run_also_where_the_day_has_dollars_for_one(database: SqlStore) -> None:
    ticket = Ticket(owner="ada", key="k", fingerprint="f")
    ids = at_once(8, lambda number: database.queue.enqueue(a_run(f"{number:04x}"), ticket, dollars_per_day=5.0))
    assert len(set(ids)) == 1


def test_a_silent_run_is_recovered_once(database: SqlStore) -> None:
    database.queue.enqueue(a_run(), Ticket())
    database.queue.claim("w1", machine="m", lease_seconds=-1)
    named = at_once(8, lambda _: database.queue.recover())
    assert sorted(named) == [*([()] * 7), ("3fa4",)]
    claim = database.queue.claim("w2", machine="m", lease_seconds=60)
    assert claim == Claim(run_id="3fa4", worker="w2", attempt=2)


def test_nobody_else_writes_once_a_run_was_taken_over(database: SqlStore) -> None:
    """The old holder writes all the time while the run changes hands: what it was allowed to write came before."""
    database.queue.enqueue(a_run(), Ticket())
    held = database.queue.claim("w1", machine="m", lease_seconds=-1)
    assert held
    history = database.held(held).history("3fa4")

    def write_on(_: int) -> int:
        for number in range(10_000):
            try:
                history.propose(a_candidate(number))
            except LostClaimError:
                return number
        raise AssertionError("the claim was never lost")

    def take_over(_: int) -> int:
        while not database.queue.recover():
            pass
        # A run that its old holder asks for at this very moment is passed over.
        while not database.queue.claim("w2", machine="m", lease_seconds=60):
            pass
        return len(database.load("3fa4").candidates)

    written, seen = at_once(2, lambda number: (write_on, take_over)[number](number))
    assert written == seen == len(database.load("3fa4").candidates)


def test_a_run_that_is_cancelled_while_it_is_claimed_ends_in_one_way(database: SqlStore) -> None:
    for number in range(12):
        database.queue.enqueue(a_run(f"{number:04x}"), Ticket())

    def claim_or_cancel(number: int) -> list[str]:
        if number:
            return [str(database.queue.cancel(f"{each:04x}")) for each in range(12)]
        claims = iter(lambda: database.queue.claim("w", machine="m", lease_seconds=60), None)
        return [claim.run_id for claim in claims]

    claimed, answers = at_once(2, claim_or_cancel)
    for number, answer in enumerate(answers):
        run_id = f"{number:04x}"
        expected = RunStatus.RUNNING if run_id in claimed else RunStatus.CANCELLED
        assert answer == database.catalogue.summary(run_id).status == expected
