"""Whatever happens in whatever order, the queue in SQL does what the queue in memory does."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from core.errors import PerfsmithError
from core.queue import Claim, Ticket
from core.run import RunStatus
from core.spend import Budget
from tests.fakes.service import ServiceStore
from tests.fakes.store import MemoryStore
from tests.store.conftest import hasty, hours_pass
from tests.store.facts import a_run

IDS = [f"{number:04x}" for number in range(3)]
RUN_IDS = st.sampled_from(IDS)
TICKETS = st.builds(
    Ticket, owner=st.sampled_from(["ada", "bob"]), priority=st.integers(0, 2), key=st.sampled_from(["", "k"])
)
LEASES = st.sampled_from([-1.0, 60.0])
MACHINES = st.sampled_from(["m1", "m2"])
STATUSES = st.sampled_from(list(RunStatus))
ENDINGS = st.sampled_from([RunStatus.FINISHED, RunStatus.FAILED, RunStatus.CANCELLED])
QUIET = settings(max_examples=15, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))


class Queues(RuleBasedStateMachine):
    """Does everything to both stores, and compares what it gets."""

    template: ClassVar[Path]
    """A database with the tables and nothing in them."""
    claims: Bundle[Claim] = Bundle("claims")

    @initialize()
    def begin(self) -> None:
        self.opened, self.number = ExitStack(), count()
        path = Path(self.opened.enter_context(tempfile.TemporaryDirectory())) / "perfsmith.db"
        shutil.copy(self.template, path)
        self.stores: list[ServiceStore] = [MemoryStore(), self.opened.enter_context(hasty(f"sqlite:///{path}"))]

    def both(self, do: Callable[[ServiceStore], object]) -> object:
        told, found = (answer(do, store) for store in self.stores)
        assert told == found
        return found

    @rule(run_id=RUN_IDS, ticket=TICKETS)
    def enqueue(self, run_id: str, ticket: Ticket) -> None:
        self.both(lambda store: store.queue.enqueue(a_run(run_id), ticket))

    @rule(run_id=RUN_IDS)
    def create(self, run_id: str) -> None:
        self.both(lambda store: store.create(a_run(run_id)))

    @rule(target=claims, machine=MACHINES, lease=LEASES)
    def claim(self, machine: str, lease: float) -> Claim | MultipleResults[Claim]:
        worker = f"w{next(self.number)}"
        claimed = self.both(lambda store: store.queue.claim(worker, machine=machine, lease_seconds=lease))
        return claimed if isinstance(claimed, Claim) else multiple()

    @rule(claim=claims, lease=LEASES)
    def renew(self, claim: Claim, lease: float) -> None:
        self.both(lambda store: store.queue.renew(claim, lease_seconds=lease))

    @rule(claim=claims)
    def release(self, claim: Claim) -> None:
        self.both(lambda store: store.queue.release(claim))

    @rule(claim=claims, reason=st.sampled_from(["no engine", "no server"]), is_attempt=st.booleans())
    def set_aside(self, claim: Claim, reason: str, is_attempt: bool) -> None:  # noqa: FBT001 hypothesis gives it by name
        self.both(lambda store: store.queue.set_aside(claim, reason=reason, hours=3, is_attempt=is_attempt))

    @rule()
    def an_hour_passes(self) -> None:
        self.both(lambda store: hours_pass(store, 1))

    @rule(claim=claims, status=ENDINGS)
    def end(self, claim: Claim, status: RunStatus) -> None:
        self.both(lambda store: store.held(claim).transition(claim.run_id, status))

    @rule(run_id=RUN_IDS, status=STATUSES)
    def work_at_a_terminal(self, run_id: str, status: RunStatus) -> None:
        self.both(lambda store: store.transition(run_id, status))

    @rule(run_id=RUN_IDS)
    def cancel(self, run_id: str) -> None:
        self.both(lambda store: store.queue.cancel(run_id))

    @rule(run_id=RUN_IDS)
    def requeue(self, run_id: str) -> None:
        self.both(lambda store: store.queue.requeue(run_id, Budget()))

    @rule()
    def recover(self) -> None:
        self.both(lambda store: store.queue.recover())

    @invariant()
    def looks_the_same(self) -> None:
        self.both(
            lambda store: [(line.id, line.status, line.waits, line.owner, line.progress) for line in store.recent(9)]
        )
        self.both(lambda store: store.catalogue.counts())

    def teardown(self) -> None:
        self.opened.close()


def answer(do: Callable[[ServiceStore], object], store: ServiceStore) -> object:
    """What it returns, or the kind of error that it raises."""
    try:
        return do(store)
    except PerfsmithError as error:
        return type(error)


def test_the_queue_does_what_its_model_does(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Queues, "template", empty, raising=False)
    run_state_machine_as_test(Queues, settings=QUIET)
