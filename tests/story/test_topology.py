"""The whole of docker-compose.yml as plain processes: from a patch that is handed in by the API to its confirmation."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from core import patch as patches
from tests.story.conftest import FILES, WORK_FASTER
from tests.story.topology import PATIENCE_SECONDS, Topology, composed

RUN_SECONDS = 5 * PATIENCE_SECONDS


@pytest.fixture
def topology(tmp_path: Path) -> Iterator[Topology]:
    with composed(tmp_path) as found:
        yield found


def test_a_patch_goes_through_all_services_to_its_confirmation(topology: Topology, repository: Path) -> None:
    assert "the tables are those of perfsmith" in topology.run("migrate")
    secret = topology.run("api", "tokens", "add", "somebody", "--scope", "submit").strip()
    for name in ("api", "web", "beat"):
        topology.start(name)
    for name in ("api", "web"):
        topology.wait_until_healthy(name)

    with httpx2.Client(base_url=topology.url("api", "/api/v1"), headers={"Authorization": f"Bearer {secret}"}) as api:
        patch = patches.diff(FILES, {"work.py": WORK_FASTER})
        asked = {"repository": f"file://{repository}", "patch": patch}
        answers = [api.post("/judge", json=asked, headers={"Idempotency-Key": "once"}, timeout=60) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 200], answers[0].text
        run = answers[0].json()["id"]
        assert (answers[1].json()["id"], answers[0].json()["status"]) == (run, "queued")

        # Nobody was there yet to hear of it. Whichever worker comes first works on it, alone.
        for name in ("worker-1", "worker-2"):
            topology.start("worker", name=name)
        ended = _ended(api, run, topology)
        assert (ended["status"], ended["owner"], ended["error"]) == ("finished", "somebody", ""), topology.said()
        assert ended["speedup"]["low"] > 1
        assert api.get("/runs").json()["runs"][0]["id"] == run
        assert {worker["machine"] for worker in api.get("/workers").json()} == {"first"}
        confirmed = api.get(f"/runs/{run}/patch").text
        assert httpx2.get(topology.url("api", f"/api/v1/runs/{run}")).status_code == 401

    subprocess.run(["git", "apply"], input=confirmed, text=True, cwd=repository, check=True)
    assert (repository / "work.py").read_text() == WORK_FASTER
    assert topology.said().count("the run is taken up") == 1
    assert set(topology.stop().values()) <= {0, -signal.SIGTERM}, topology.said()


def test_a_service_that_starts_before_the_migration_refuses_and_says_what_it_waits_for(topology: Topology) -> None:
    topology.start("beat")
    assert topology.running["beat"].wait(timeout=PATIENCE_SECONDS) == 3
    assert "`perfsmith migrate`: run it, and start again" in topology.said()


def _ended(api: httpx2.Client, run: str, topology: Topology) -> dict[str, Any]:
    """The run's line once it is over."""
    deadline = time.monotonic() + RUN_SECONDS
    while True:
        found: dict[str, Any] = api.get(f"/runs/{run}").json()
        if found["status"] not in {"queued", "running"}:
            return found
        assert time.monotonic() < deadline, topology.said()
        time.sleep(1)
