"""A run that two machines may work on: both evaluate its candidates, and one patch comes out, confirmed."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import patch as patches
from core.candidate import Verdict
from core.queue import Ticket
from core.run import OVER, BackendSpec, Record, RunStatus
from core.spend import Budget
from store.sql import SqlStore
from tests.story.conftest import FILES, WORK, WORK_FASTER, User
from worker.hand_in import hand_in
from worker.problem.settings import Flags
from worker.queueing.app import make_celery, make_nudge
from worker.settings import read_settings
from worker.submit import Request

WORSE = [WORK.replace("range(40)", f"range({times})") for times in range(60, 67)]
LONGEST_SECONDS = 400.0


@pytest.fixture
def two_machines(user: User, tmp_path: Path) -> Iterator[User]:
    """Their user, while a worker of each machine works."""
    user = replace(user, home=tmp_path / "home")
    user.home.mkdir()
    machines = [
        replace(user, variables={"PERFSMITH_MACHINE": name, "PERFSMITH_RECOVER_SECONDS": "1"})
        for name in ("first", "second")
    ]
    workers = [machine.begin("worker", "--beat", "--concurrency", "1") for machine in machines]
    yield user
    for worker in workers:
        worker.terminate()
    said = [worker.communicate(timeout=60)[1] for worker in workers]
    assert "Traceback" not in "".join(said), "\n".join(said)


def ended(store: SqlStore, run_id: str) -> Record:
    deadline = time.monotonic() + LONGEST_SECONDS
    while store.catalogue.run(run_id).status not in OVER:
        assert time.monotonic() < deadline, store.catalogue.entries(run_id)
        time.sleep(0.5)
    return store.load(run_id)


def test_two_machines_evaluate_the_candidates_of_one_run(two_machines: User, tmp_path: Path) -> None:
    answers = tmp_path / "answers"
    answers.mkdir()
    for number, text in enumerate([*WORSE, WORK_FASTER]):
        (answers / f"{number}.patch").write_text(patches.diff(FILES, {"work.py": text}))
    settings = read_settings(two_machines.environment)
    request = Request(
        repository=str(two_machines.folder),
        flags=Flags(),
        sandbox=BackendSpec(name="bubblewrap", options={}),
        strategy=BackendSpec(name="greedy", options={}),
        proposers=(BackendSpec(name="replay", options={"directory": str(answers)}),),
        budget=Budget(candidates=len(WORSE) + 1),
    )
    with SqlStore.open(settings.database_url) as store:
        nudge = make_nudge(make_celery(settings))
        record = ended(store, hand_in(request, Ticket(machines=2), store=store, settings=settings, nudge=nudge))

    assert (record.run.status, record.run.error) == (RunStatus.FINISHED, "")
    assert record.winner is not None
    assert "range(4)" in record.winner.proposal.patch
    tried = [candidate for candidate in record.candidates if candidate.proposal.proposer == "replay"]
    assert [candidate.verdict for candidate in tried[:-1]] == [Verdict.NOT_FASTER] * len(WORSE)
    assert {candidate.evaluation.machine for candidate in tried if candidate.evaluation} == {"first", "second"}
