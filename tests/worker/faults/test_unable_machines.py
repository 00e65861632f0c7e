"""A machine that lacks what runs need leaves them to others, however busy those are; a run that nobody can work on fails in the end."""

import subprocess
from pathlib import Path

import pytest

from core.queue import MOST_ATTEMPTS
from core.run import SANDBOX_BROKE, RunStatus
from tests.story.conftest import make_repository
from tests.worker.faults.conftest import REAL, Service
from tests.worker.faults.stand_in import BREAKS, PAUSE

SAID = "waits for a machine that can: no Docker engine answers"


@pytest.fixture
def run_ids(service: Service, tmp_path: Path) -> tuple[str, ...]:
    """Runs that need a Docker engine."""
    service.begin("beat")
    repository = make_repository(tmp_path / "tiny")
    return tuple(service.hand_in_code(repository, sandbox="docker") for _ in range(2))


def begin_unable(service: Service, tmp_path: Path, machine: str) -> "subprocess.Popen[bytes]":
    """A worker on a machine without an engine."""
    return service.begin(**REAL, PERFSMITH_MACHINE=machine, DOCKER_HOST=f"unix://{tmp_path}/none.sock")


def test_a_machine_that_can_takes_up_one_after_the_other_what_another_is_unable_to_work_on(
    service: Service, tmp_path: Path, run_ids: tuple[str, ...]
) -> None:
    service.execute(f"UPDATE runs SET attempts = {MOST_ATTEMPTS - 1}")
    begin_unable(service, tmp_path, "unable")
    for run_id in run_ids:
        service.wait_for(run_id, lambda summary: summary.progress.startswith(SAID))
    service.begin(PERFSMITH_MACHINE="able", **{PAUSE: "0.2"})
    for run_id in run_ids:
        service.assert_whole(run_id)
        assert service.summary(run_id).machine == "able"


def test_a_run_that_no_machine_can_work_on_waits_and_says_so_and_fails_when_the_hours_are_over(
    service: Service, tmp_path: Path, run_ids: tuple[str, ...]
) -> None:
    run_id, _ = run_ids
    for machine in ("m1", "m2"):
        begin_unable(service, tmp_path, machine)
        service.wait_for(run_id, lambda summary: f"(machine {machine})" in summary.progress)  # noqa: B023 called at once
    said = "\n".join(entry.message for entry in service.store.catalogue.entries(run_id))
    assert "m1 leaves the run to other workers, or to later: no Docker engine answers" in said
    assert service.summary(run_id).status is RunStatus.QUEUED
    service.hours_pass(24)
    summary = service.ended(run_id)
    assert (summary.status, service.endings(run_id)) == (RunStatus.FAILED, 1)
    assert summary.error.startswith(f"{SANDBOX_BROKE}no machine could work on this run for 24 hours: no Docker engine")
    assert "(machine m1); " in summary.error
    assert "(machine m2)" in summary.error


def test_a_sandbox_that_breaks_in_the_middle_costs_an_attempt_and_another_machine_goes_on(service: Service) -> None:
    service.begin("beat")
    run_id = service.hand_in()
    service.begin(PERFSMITH_MACHINE="broken", **{BREAKS: "baseline"})
    service.wait_for(run_id, lambda summary: summary.progress.endswith("the spawner died (machine broken)"))
    service.begin(PERFSMITH_MACHINE="sound")
    service.assert_whole(run_id)
    assert service.said().count("attempt=2") == 1
