"""Full disks, clocks that jump, a model that is out of reach: what waits goes on waiting, and nothing happens twice."""

import io
import os
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.candidate import Verdict
from core.errors import StoreError
from core.queue import Ticket
from core.run import BackendSpec, RunStatus
from core.spend import Budget
from store.sql import SqlStore
from tests.fakes.model_server import ModelServer, completion, serving
from tests.store.facts import a_run
from tests.story.answers import FASTER
from tests.story.conftest import COUNTED, make_repository
from tests.worker.faults.conftest import PATIENCE_SECONDS, REAL, Service
from tests.worker.faults.staff import CLOCK
from tests.worker.faults.stand_in import PAUSE

HOUR = "3600"
MINUTE = 60
PRICE = {"input_dollars_per_million": 1, "output_dollars_per_million": 2}
TOKENS, DOLLARS = 700 + 90, (700 * 1 + 90 * 2) / 1e6
"""Of an answer, as `completion` counts."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "disk", folder], check=False).returncode
    ):
        pytest.skip("only root may mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            return filler
    raise AssertionError("the disk has no end")


def test_a_worker_whose_disk_is_full_leaves_runs_waiting_until_there_is_room(
    service: Service, small_disk: Path
) -> None:
    service.variables |= {"PERFSMITH_HOME": str(small_disk), "PERFSMITH_FREE_BYTES": str(2 << 20)}
    filler = fill(small_disk)
    service.begin("beat")
    service.begin()
    run_id = service.hand_in()
    while "the disk is full: no run is taken up" not in service.said():
        assert service.summary(run_id).status is RunStatus.QUEUED
    filler.unlink()
    service.minutes_pass()
    service.assert_whole(run_id)


def an_archive(size_bytes: int) -> bytes:
    """With one file that can't be made smaller."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        entry = tarfile.TarInfo("large.bin")
        entry.size = size_bytes
        archive.addfile(entry, io.BytesIO(os.urandom(size_bytes)))
    return content.getvalue()


@pytest.mark.parametrize(
    ("room", "said", "attempts"),
    [
        (1 << 19, "StoreError: the disk is full: ", 2),
        (3 << 19, "MachineError: the archive can't be unpacked: the disk is full", 1),
    ],
)
def test_a_run_in_whose_middle_the_disk_fills_waits_again(
    service: Service, small_disk: Path, room: int, said: str, attempts: int
) -> None:
    service.variables |= {**REAL, "PERFSMITH_HOME": str(small_disk), "PERFSMITH_FREE_BYTES": "4096"}
    filler = fill(small_disk)
    os.truncate(filler, filler.stat().st_size - room)
    run = a_run("full000001")
    run = replace(run, problem=replace(run.problem, repository="theirs.tar.gz"))
    service.store.queue.enqueue(run, Ticket(), archive=an_archive(1 << 20))
    service.nudge([run.id])
    service.begin("beat")
    service.begin()
    while said not in service.said():
        assert service.summary(run.id).status in {RunStatus.QUEUED, RunStatus.RUNNING}, service.said()
        time.sleep(0.1)
    filler.unlink()
    service.wait_for(run.id, lambda summary: summary.status is RunStatus.QUEUED)
    service.hours_pass(1)
    service.begin()
    summary = service.ended(run.id)
    assert (summary.status, service.endings(run.id), service.attempts(run.id)) == (RunStatus.FAILED, 1, attempts)
    assert "has the revision" in summary.error, "it went on to where this archive is found to be another one"


def test_a_database_on_a_full_disk_refuses_a_run_and_keeps_what_it_has(small_disk: Path) -> None:
    with SqlStore.open(f"sqlite:///{small_disk}/perfsmith.db") as store:
        store.queue.enqueue(a_run("aaaa"), Ticket())
        filler = fill(small_disk)
        with pytest.raises(StoreError, match="the disk is full; free some space"):
            store.queue.enqueue(a_run("bbbb"), Ticket(), archive=b"x" * (4 << 20))
        filler.unlink()
        assert [run.id for run in store.recent(9)] == ["aaaa"]
        store.queue.enqueue(a_run("bbbb"), Ticket())
        assert len(store.recent(9)) == 2


def test_a_worker_whose_clock_is_an_hour_off_holds_its_runs_like_any_other(service: Service) -> None:
    for offset in (HOUR, f"-{HOUR}"):
        service.begin(**{CLOCK: offset})
    service.begin("beat", **{CLOCK: HOUR})
    run_ids = [service.hand_in() for _ in range(3)]
    for run_id in run_ids:
        service.assert_whole(run_id)
    assert service.said().count("the run is taken up") == len(run_ids)


def test_a_database_whose_clock_jumps_an_hour_takes_the_run_from_its_holder_who_writes_nothing_more(
    service: Service,
) -> None:
    service.variables[PAUSE] = "1.0"
    run_id = service.hand_in()
    service.begin()
    service.at(run_id, "baseline")
    service.execute("UPDATE runs SET lease_until = lease_until - interval '1 hour'")
    service.store.queue.recover()
    service.nudge([run_id])
    service.begin()
    service.assert_whole(run_id)
    assert "reason='lost'" in service.said() or "LostClaimError" in service.said()


@pytest.fixture
def port() -> Iterator[int]:
    """A port that nobody else is given: whoever connects is refused unless one of ours listens there."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def test_a_run_outlasts_a_model_that_is_gone_for_a_minute_and_pays_for_each_answer_once(
    service: Service, tmp_path: Path, port: int
) -> None:
    service.variables |= REAL
    with ModelServer(port) as server:
        server.play(replace(completion("1. Fewer rounds"), delay_seconds=1.0))
        options = {"model": "m", "base_url": server.url, **PRICE}
        run_id = service.hand_in_code(
            make_repository(tmp_path / "tiny", COUNTED),
            proposer=BackendSpec(name="openai", options=options),
            budget=Budget(candidates=1, dollars=1.0),
        )
        service.begin()
        server.timeout = PATIENCE_SECONDS
        server.handle_request()
    time.sleep(MINUTE)  # nobody listens, already since before the answer was sent
    assert server.requests, service.said()
    assert service.summary(run_id).stage == "search"
    assert service.said().count(f"no answer from {server.url}") == 1
    assert "Connection refused" in service.said()
    with ModelServer(port) as back, serving(back):
        back.play(completion(FASTER))
        summary = service.ended(run_id)
    assert (summary.status, service.endings(run_id), service.attempts(run_id)) == (RunStatus.FINISHED, 1, 1)
    verdicts = [candidate.verdict for candidate in service.store.load(run_id).candidates]
    assert verdicts == [Verdict.BASELINE, Verdict.CONFIRMED, Verdict.NOT_FASTER]
    assert len(server.requests) == len(back.requests) == 1
    assert server.requests[0]["messages"] != back.requests[0]["messages"]
    assert summary.tokens == 2 * TOKENS
    assert summary.dollars == pytest.approx(2 * DOLLARS)
