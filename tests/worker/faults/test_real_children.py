"""What only a real run shows: a sandboxed command that is cut off."""

import time
from pathlib import Path

from core.run import RunStatus
from tests.story.conftest import FILES, make_repository
from tests.worker.faults.conftest import REAL, Service

NAP = "60.25"


def nappers() -> list[str]:
    """Processes that sleep as long as the tests of the run."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = process.read_bytes().split(b"\0")
        except OSError:
            continue
        if NAP.encode() in words:
            found.append(process.parent.name)
    return found


def test_a_run_is_cancelled_in_the_middle_of_a_sandboxed_command(service: Service, tmp_path: Path) -> None:
    service.variables |= REAL
    configuration = FILES["perfsmith.toml"].replace("python -m unittest -q", f"sleep {NAP}")
    repository = make_repository(tmp_path / "tiny", {**FILES, "perfsmith.toml": configuration})
    run_id = service.hand_in_code(repository)
    service.begin()
    service.wait_for(run_id, lambda summary: (summary.stage, summary.progress) == ("baseline", "tests"))
    while not nappers():
        assert service.summary(run_id).status is RunStatus.RUNNING
        time.sleep(0.1)
    asked_at = time.monotonic()
    service.store.queue.cancel(run_id)
    summary = service.ended(run_id)
    assert (summary.status, summary.stopped_by) == (RunStatus.CANCELLED, "cancelled on request")
    assert time.monotonic() - asked_at < float(NAP) / 2
    while nappers():
        assert time.monotonic() - asked_at < float(NAP) / 2
