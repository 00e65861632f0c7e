"""A machine that lacks what runs need does not fail one after the other: they wait for another machine, or for later."""

from pathlib import Path

from core.queue import MOST_ATTEMPTS
from core.run import SANDBOX_BROKE, RunStatus
from tests.story.conftest import make_repository
from tests.worker.faults.conftest import REAL, Service


def test_a_worker_without_an_engine_leaves_runs_that_need_one_until_their_last_attempt(
    service: Service, tmp_path: Path
) -> None:
    service.variables |= {**REAL, "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    repository = make_repository(tmp_path / "tiny")
    first, second = (service.hand_in_code(repository, sandbox="docker") for _ in range(2))
    service.begin("beat")
    service.begin()
    for run_id in (first, second):
        service.wait_for(run_id, lambda summary: bool(summary.machine) and summary.status is RunStatus.QUEUED)
        said = "\n".join(entry.message for entry in service.store.catalogue.entries(run_id))
        assert "leaves the run to other workers, or to later: no Docker engine answers" in said

    service.execute(f"UPDATE runs SET attempts = {MOST_ATTEMPTS - 1}, rests_until = NULL WHERE id = '{first}'")
    service.begin()
    summary = service.ended(first)
    assert (summary.status, service.endings(first)) == (RunStatus.FAILED, 1)
    assert summary.error.startswith(f"{SANDBOX_BROKE}no Docker engine answers")
    assert service.summary(second).status is not RunStatus.FAILED
