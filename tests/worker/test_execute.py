"""How a run ends whose work went wrong."""

from pathlib import Path

import pytest

from core.errors import PerfsmithError, SandboxError, UnsteadyError
from core.run import RunStatus
from tests.fakes.store import MemoryStore
from tests.store.facts import a_run
from worker import execute as executing
from worker.job import Job
from worker.settings import read_settings


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (SandboxError("bwrap is gone"), "the sandbox broke: bwrap is gone"),
        (UnsteadyError("the original's workload failed"), "the original's workload failed"),
    ],
)
def test_only_a_sandbox_of_ours_is_called_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: PerfsmithError, told: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(executing, "obtain_again", fail)
    store = MemoryStore()
    store.create(a_run())
    settings = read_settings({"PERFSMITH_HOME": str(tmp_path)})
    job = Job(run_id="3fa4", store=store, settings=settings, notify=lambda _: None, interrupted=lambda: False)
    with pytest.raises(type(error)):
        executing.execute(job)
    run = store.load("3fa4").run
    assert (run.status, run.error) == (RunStatus.FAILED, told)
