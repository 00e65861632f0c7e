"""Workers die with their real children in every stage of a run: nothing is lost, nothing is there twice, nothing stays behind, and
the run ends.
"""

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from core.candidate import Verdict
from core.run import BackendSpec, RunStatus
from core.spend import Budget
from sandbox.cgroups import find
from sandbox.group import PREFIX
from tests.story.answers import FASTER, block
from tests.story.conftest import COUNTED, make_repository
from tests.worker.faults.conftest import PATIENCE_SECONDS, REAL, Service, kill
from tests.worker.faults.descent import Process, below
from tests.worker.faults.staying import KEEP_IN_STAGES
from worker.handout import REPORT

EARLY = {"materialise": 0, "environment": 0, "baseline": 1, "search": 2}
LATE = {"canary": 3, "minimise": 4, "confirm": 4}
"""Stages, and how many candidates there are at least when the worker is killed in them."""
LEASE_SECONDS = "10"
"""More than a busy machine may take to renew one: nobody but those who are killed loses a run, and theirs is not waited for."""
NEEDLESS = block("    return result\n", "    return result  # of all\n").partition("\n\n")[2]
EXPECTED = [
    ("perfsmith", Verdict.BASELINE),
    ("replay", Verdict.ACCEPTED),
    ("canary", Verdict.NOT_FASTER),
    ("minimise", Verdict.CONFIRMED),
]


@pytest.fixture
def run_id(service: Service, tmp_path: Path) -> str:
    """A run with one proposal, of which a part is needless, for workers with real children."""
    answers = tmp_path / "answers"
    answers.mkdir()
    (answers / "001.txt").write_text(f"{FASTER}\n{NEEDLESS}")
    service.variables |= {**REAL, "PERFSMITH_LEASE_SECONDS": LEASE_SECONDS}
    service.execute(KEEP_IN_STAGES)
    return service.hand_in_code(
        make_repository(tmp_path / "tiny", COUNTED),
        proposer=BackendSpec(name="replay", options={"directory": str(answers)}),
        budget=Budget(candidates=1),
    )


def die_in(service: Service, run_id: str, stages: Mapping[str, int]) -> set[Process]:
    """Begin a worker and kill it in each of the stages; which processes went down with them."""
    for stage in stages:
        service.execute(f"INSERT INTO kept_stages VALUES ('{stage}')")
    return set[Process]().union(*(die_at(service, run_id, stage, candidates) for stage, candidates in stages.items()))


def die_at(service: Service, run_id: str, stage: str, candidates: int) -> set[Process]:
    worker = service.begin()
    service.at(run_id, stage)
    wait_until(lambda: len(service.store.load(run_id).candidates) >= candidates, service)
    assert service.summary(run_id).status is RunStatus.RUNNING
    dead = kill_with_child(worker)
    service.execute(f"DELETE FROM kept_stages WHERE stage = '{stage}'")
    service.lease_passes(run_id)
    return dead


def kill_with_child(worker: "subprocess.Popen[bytes]") -> set[Process]:
    """The processes that went down with the worker, whose child is alive."""
    doomed = below(worker.pid)
    assert any(process.lives for process in doomed)
    kill(worker)
    return doomed


def wait_until(condition: Callable[[], bool], service: Service) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, service.said()
        time.sleep(0.05)


def assert_whole(service: Service, run_id: str, *, attempts: int) -> None:
    """It was confirmed, once, by the last of so many attempts; each candidate is there once."""
    summary = service.ended(run_id)
    assert summary.status is RunStatus.FINISHED, f"{summary}\n{service.said()}"
    assert (service.endings(run_id), service.attempts(run_id)) == (1, attempts)
    assert service.said().count("the run is taken up") == attempts
    candidates = service.store.load(run_id).candidates
    assert [candidate.number for candidate in candidates] == list(range(len(EXPECTED)))
    assert [(candidate.proposal.proposer, candidate.verdict) for candidate in candidates] == EXPECTED
    winner = service.store.catalogue.winner(run_id)
    assert winner is not None
    assert "range(4)" in winner.proposal.patch
    assert "# of all" not in winner.proposal.patch


def assert_nothing_stays(service: Service, dead: set[Process]) -> None:
    """No process, control group or folder of those who were killed, nor of the run that is over."""
    settings = service.settings
    wait_until(lambda: not any((settings.home / "runs").iterdir()), service)
    assert [left.name for left in settings.scratch.iterdir()] == ["lock"]
    assert not list(settings.environments.glob("*.part"))
    wait_until(lambda: not any(process.lives for process in dead), service)
    names = {f"{PREFIX}{process.pid}-{process.start}" for process in dead}
    place = find()
    groups = [group.name for parent in place.parents.values() for group in parent.glob(f"{PREFIX}*")] if place else []
    assert not [group for group in groups if group.rpartition("-")[0] in names]


def test_workers_that_are_killed_before_anything_is_found_lose_nothing(service: Service, run_id: str) -> None:
    service.begin("beat")
    dead = die_in(service, run_id, EARLY)
    service.begin()
    assert_whole(service, run_id, attempts=len(EARLY) + 1)
    assert_nothing_stays(service, dead)


def test_workers_that_are_killed_after_something_is_found_lose_nothing(service: Service, run_id: str) -> None:
    handed_out = service.settings.workspace(run_id) / "output"
    handed_out.mkdir(parents=True)
    os.mkfifo(handed_out / REPORT)  # who writes it waits for a reader
    service.begin("beat")
    dead = die_in(service, run_id, LATE)
    worker = service.begin()
    service.at(run_id, "report")
    dead |= kill_with_child(worker)
    service.lease_passes(run_id)
    service.begin()
    assert_whole(service, run_id, attempts=len(LATE) + 1)
    assert_nothing_stays(service, dead)
