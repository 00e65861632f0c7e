"""Workers and the beat die, or are told to end: nothing is lost, nothing happens twice, and the run ends."""

import signal

from core.queue import MOST_ATTEMPTS
from core.run import RunStatus
from tests.worker.faults.conftest import Service, kill
from tests.worker.faults.stand_in import DIES, PAUSE


def test_a_beat_that_is_killed_is_missed_by_nobody_who_works_and_another_takes_its_place(service: Service) -> None:
    beat, run_id = service.begin("beat"), service.hand_in()
    service.begin()
    service.at(run_id, "baseline")
    kill(beat)
    service.assert_whole(run_id)
    silent = service.hand_in(nudge=False)
    service.minutes_pass()
    service.begin("beat")
    service.assert_whole(silent)


def test_a_worker_that_is_told_to_end_gives_its_run_back_at_once(service: Service) -> None:
    service.variables[PAUSE] = "1.0"
    service.variables["PERFSMITH_LEASE_SECONDS"] = "600"
    run_id = service.hand_in()
    first = service.begin()
    service.at(run_id, "baseline")
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=30) == 0, service.said()
    assert service.summary(run_id).status is RunStatus.QUEUED
    service.begin()
    service.assert_whole(run_id)


def test_two_workers_that_are_given_the_same_id_do_the_work_once(service: Service) -> None:
    run_id = service.hand_in(nudge=False)
    service.nudge([run_id] * 6)
    service.begin("worker", "2")
    service.begin("worker", "2")
    service.assert_whole(run_id)
    assert service.said().count("the run is taken up") == 1


def test_a_run_whose_processes_always_die_fails_with_their_last_words(service: Service) -> None:
    service.variables[DIES] = "environment"
    service.variables[PAUSE] = "0"
    run_id = service.hand_in()
    service.execute(f"UPDATE runs SET attempts = {MOST_ATTEMPTS - 2}")
    service.begin("beat")
    service.begin()
    summary = service.ended(run_id)
    assert summary.status is RunStatus.FAILED
    assert (
        summary.error == f"{MOST_ATTEMPTS} processes died over this run, the last with status 9: the machine is on fire"
    )
    assert service.endings(run_id) == 1


def test_a_run_that_is_cancelled_ends_within_seconds(service: Service) -> None:
    service.variables[PAUSE] = "60"
    run_id = service.hand_in()
    service.begin()
    service.at(run_id, "environment")
    service.store.queue.cancel(run_id)
    summary = service.ended(run_id)
    assert (summary.status, summary.stopped_by) == (RunStatus.CANCELLED, "cancelled on request")
