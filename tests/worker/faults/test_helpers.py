"""Workers of several machines on one run: whoever dies, each candidate gets its verdict once, and the run ends."""

import subprocess
import time
from collections import Counter

import pytest

from core.queue import Ticket
from core.run import RunStatus
from tests.store.facts import a_run
from tests.worker.faults.conftest import PATIENCE_SECONDS, Service, kill
from tests.worker.faults.sharing import CANDIDATES, MACHINES
from tests.worker.faults.staff import PROGRAM
from tests.worker.faults.stand_in import PAUSE

RUN = "shared0001"


@pytest.fixture
def shared(service: Service) -> Service:
    """A service whose runs are for three machines."""
    service.variables[PROGRAM] = "tests.worker.faults.sharing"
    service.variables[PAUSE] = "0.5"
    service.variables[MACHINES] = "2"
    service.store.queue.enqueue(a_run(RUN), Ticket(machines=3))
    service.nudge([RUN])
    return service


def begin(service: Service, machine: str) -> "subprocess.Popen[bytes]":
    return service.begin(PERFSMITH_MACHINE=machine)


def evaluated_on(service: Service) -> Counter[str]:
    """How many candidates have a verdict from each machine."""
    evaluations = [candidate.evaluation for candidate in service.store.load(RUN).candidates[1:]]
    return Counter(evaluation.machine for evaluation in evaluations if evaluation)


def wait_until(service: Service, machine: str) -> None:
    """Until the machine has evaluated a candidate."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not evaluated_on(service)[machine]:
        assert time.monotonic() < deadline, service.said()
        time.sleep(0.05)


def assert_whole(service: Service) -> Counter[str]:
    """It finished, once, and each candidate has one verdict; on how many candidates each machine worked."""
    summary = service.ended(RUN)
    assert (summary.status, service.endings(RUN)) == (RunStatus.FINISHED, 1), service.said()
    machines = evaluated_on(service)
    assert machines.total() == CANDIDATES - 1
    return machines


def test_three_machines_share_the_candidates_of_a_run(shared: Service) -> None:
    shared.variables[MACHINES] = "3"
    for machine in ("one", "two", "three"):
        begin(shared, machine)
    assert set(assert_whole(shared)) == {"one", "two", "three"}


def test_what_a_killed_helper_had_taken_is_evaluated_by_another(shared: Service) -> None:
    begin(shared, "one")
    shared.at(RUN, "search")
    helper = begin(shared, "two")
    wait_until(shared, "two")
    kill(helper)
    assert {"one", "two"} == set(assert_whole(shared))


def test_a_run_whose_holder_is_killed_goes_on_with_another(shared: Service) -> None:
    shared.begin("beat")
    holder = begin(shared, "one")
    shared.at(RUN, "search")
    begin(shared, "two")
    wait_until(shared, "one")
    wait_until(shared, "two")
    kill(holder)
    assert {"one", "two"} == set(assert_whole(shared))
    assert shared.said().count("the run is taken up") == 2


def test_whoever_helps_takes_up_a_run_that_waits(shared: Service) -> None:
    shared.variables[PAUSE] = "1.5"
    begin(shared, "one")
    shared.at(RUN, "search")
    begin(shared, "two")
    wait_until(shared, "two")
    other = "waiting001"
    shared.store.queue.enqueue(a_run(other), Ticket())
    shared.nudge([other])
    assert shared.wait_for(other, lambda summary: bool(summary.machine)).machine == "two"
    assert shared.summary(RUN).status is RunStatus.RUNNING
