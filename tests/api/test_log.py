"""Every line of the log about a run names it."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog

from api.app import PREFIX
from api.service import Service
from core.access import Scope
from core.errors import SandboxError
from store.sql import SqlStore
from tests.api.conftest import ClientMaker
from worker.logs import start_logging
from worker.queueing.app import make_celery, make_nudge

RUNS = f"{PREFIX}/runs"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged as JSON meanwhile."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    start_logging("json", stream)
    yield stream
    logging.captureWarnings(capture=False)
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_answers_about_a_run_name_it_also_where_it_is_new(
    written: io.StringIO, client_of: ClientMaker, repository: str
) -> None:
    client, key = client_of(Scope.SUBMIT), {"Idempotency-Key": "monday"}
    run_id = client.post(RUNS, json={"repository": repository}, headers=key).json()["id"]
    client.post(RUNS, json={"repository": repository}, headers=key)
    client.post(f"{PREFIX}/judge", json={"repository": repository, "patch": "x"})
    client.get(f"{RUNS}/{run_id}")
    judged = client.get(RUNS, params={"kind": "judge"}).json()["runs"][0]["id"]
    answered = [line["run"] for line in lines(written) if line["event"] == "answered"]
    assert answered == [run_id, run_id, judged, run_id, ""]


@pytest.mark.parametrize("error", [SandboxError("failed"), KeyError("crashed")])
def test_what_goes_wrong_with_a_run_names_it(
    written: io.StringIO, client_of: ClientMaker, repository: str, store: SqlStore, error: Exception
) -> None:
    def broken(_: object) -> None:
        raise error

    run_id = client_of(Scope.SUBMIT, name="ann").post(RUNS, json={"repository": repository}).json()["id"]
    store.queue.cancel(run_id)
    client = client_of(Scope.ADMIN, nudge=broken)
    assert client.post(f"{RUNS}/{run_id}/resume", json={}).status_code == 500
    assert [line["run"] for line in lines(written) if line["event"] == error.args[0]] == [run_id]


def test_a_message_that_was_not_sent_names_its_run(written: io.StringIO, service: Service) -> None:
    work = replace(service.settings.work, broker_url="redis://127.0.0.1:1/0")
    make_nudge(make_celery(replace(service.settings, work=work)))(["a", "b"])
    said = [line for line in lines(written) if "no message was sent" in str(line["event"])]
    assert [line["run"] for line in said] == ["a", "b"]
