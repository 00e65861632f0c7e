"""What every keyring promises."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.access import Scope, Token
from core.errors import ConfigError, StoreError
from core.queue import Ticket
from core.run import RunStatus
from core.spend import Budget
from tests.fakes.service import ServiceStore
from tests.store.facts import MOMENT, a_call, a_run

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def a_token(name: str = "ada", digest: str = "d1") -> Token:
    return Token(name=name, digest=digest, scope=Scope.SUBMIT, created_at=MOMENT, requests_per_minute=60)


def test_a_token_is_found_by_the_digest_of_its_secret(store: ServiceStore) -> None:
    token = replace(a_token(), expires_at=NOW + HOUR, dollars_per_day=2.5)
    store.keyring.add(token)
    assert store.keyring.find("d1") == token
    assert store.keyring.find("d2") is None


def test_tokens_are_listed_by_name_the_newest_of_a_name_first(store: ServiceStore) -> None:
    older = replace(a_token("bob", "d1"), revoked_at=NOW - HOUR)
    newer = replace(a_token("bob", "d2"), created_at=MOMENT + HOUR)
    for token in (older, newer, a_token("ada", "d3")):
        store.keyring.add(token)
    assert store.keyring.tokens() == (a_token("ada", "d3"), newer, older)


def test_a_name_has_one_valid_token(store: ServiceStore) -> None:
    store.keyring.add(a_token())
    with pytest.raises(ConfigError, match="valid token 'ada'"):
        store.keyring.add(a_token(digest="d2"))
    store.keyring.revoke("ada")
    store.keyring.add(replace(a_token(digest="d2"), expires_at=NOW - HOUR))
    store.keyring.add(a_token(digest="d3"))
    assert len(store.keyring.tokens()) == 3


def test_a_secret_belongs_to_one_token(store: ServiceStore) -> None:
    store.keyring.add(a_token("ada"))
    with pytest.raises(StoreError, match="with this secret"):
        store.keyring.add(a_token("bob"))


def test_a_revoked_token_is_known_and_not_valid(store: ServiceStore) -> None:
    store.keyring.add(a_token("ada", "d1"))
    store.keyring.add(a_token("bob", "d2"))
    store.keyring.revoke("ada")
    revoked, other = store.keyring.find("d1"), store.keyring.find("d2")
    assert revoked
    assert other
    later = datetime.now(UTC) + HOUR
    assert (revoked.problem_at(later), other.problem_at(later)) == ("this token was revoked", "")


def test_only_a_valid_token_can_be_revoked(store: ServiceStore) -> None:
    store.keyring.add(replace(a_token(), expires_at=NOW - HOUR))
    for name in ("ada", "nobody"):
        with pytest.raises(ConfigError, match=f"no valid token '{name}'"):
            store.keyring.revoke(name)


def test_nothing_is_committed_at_first(store: ServiceStore) -> None:
    assert store.keyring.committed("ada", MOMENT) == 0


def test_what_runs_cost_and_what_they_may_still_cost_is_committed(store: ServiceStore) -> None:
    for run_id, owner, dollars in (("a", "ada", 1.0), ("b", "ada", None), ("c", "ada", 0.125), ("d", "bob", 9.0)):
        store.queue.enqueue(replace(a_run(run_id), budget=Budget(dollars=dollars)), Ticket(owner=owner))
        store.ledger(run_id).record(replace(a_call("k"), asked_at=NOW))
    assert store.keyring.committed("ada", NOW - HOUR) == 1.0 + 0.25 + 0.25
    store.queue.cancel("a")
    assert store.keyring.committed("ada", NOW - HOUR) == 0.75


def test_what_was_paid_before_is_not_committed_but_is_gone_from_the_budget(store: ServiceStore) -> None:
    store.queue.enqueue(replace(a_run("a"), budget=Budget(dollars=1.0)), Ticket(owner="ada"))
    store.ledger("a").record(replace(a_call("k"), asked_at=NOW - 2 * HOUR))
    assert store.keyring.committed("ada", NOW - HOUR) == 0.75
    store.transition("a", RunStatus.FINISHED)
    assert store.keyring.committed("ada", NOW - HOUR) == 0
    assert store.keyring.committed("ada", NOW - 3 * HOUR) == 0.25
