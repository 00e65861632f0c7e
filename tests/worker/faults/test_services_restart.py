"""Redis and PostgreSQL go away and come back, with and without what they knew: every run still ends, once."""

import time
from typing import Any

from core.run import RunStatus
from tests.fakes.postgres import restart_postgres
from tests.worker.faults.conftest import Service
from tests.worker.faults.stand_in import PAUSE


def test_a_redis_that_restarts_loses_no_run_whether_or_not_it_remembers(service: Service) -> None:
    service.begin("beat")
    service.begin()
    for with_data in (True, False):
        worked_on, waiting = service.hand_in(), service.hand_in()
        service.at(worked_on, "environment")
        service.broker.restart(with_data=with_data)
        service.assert_whole(worked_on)
        service.assert_whole(waiting)


def test_what_is_handed_in_while_redis_is_down_is_worked_on_afterwards(service: Service) -> None:
    service.broker.stop()
    run_id = service.hand_in()
    assert service.summary(run_id).status is RunStatus.QUEUED
    service.broker.start()
    service.minutes_pass()
    service.begin("beat")
    service.begin()
    service.assert_whole(run_id)


def test_a_postgres_that_restarts_costs_a_run_an_attempt_and_nothing_else(service: Service, postgres: Any) -> None:
    service.variables[PAUSE] = "1.0"
    service.begin("beat")
    service.begin()
    run_id = service.hand_in()
    service.at(run_id, "baseline")
    restart_postgres(postgres)
    time.sleep(0.5)
    service.assert_whole(run_id)
