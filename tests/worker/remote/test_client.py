"""The client against the real API: what is handed in arrives, what is refused is said, what was asked twice is one run."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.candidate import Verdict
from core.errors import ConfigError, StoreError
from core.queue import Ticket
from core.run import BackendSpec, RunStatus
from core.spend import Budget
from sandbox.addresses import Sources
from tests.fakes.api_server import ApiServer, api_on_loopback
from tests.fakes.records import FOUND, PATCH
from tests.store.facts import a_run
from tests.story.conftest import make_repository
from worker.problem.settings import Flags
from worker.remote.client import RunState, Server
from worker.submit import Request

SOURCES = Sources(schemes=("https", "file"))
KEY = Ticket(key="once", batch="nightly", priority=3, machines=2)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with api_on_loopback(tmp_path_factory.mktemp("api") / "home") as running:
        yield running


@pytest.fixture
def server(api: ApiServer) -> Server:
    return Server(url=f"{api.url}/", token=api.token, sources=SOURCES, sleep=lambda _: None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_repository(tmp_path_factory.mktemp("code") / "tiny")


def a_request(repository: str, **differs: object) -> Request:
    usual = Request(
        repository=repository,
        flags=Flags(tests="python -m unittest -q", workload="python workload.py"),
        sandbox=BackendSpec(name="bubblewrap", options={"processes": 99}),
        strategy=BackendSpec(name="beam", options={"width": 2}),
        proposers=(BackendSpec(name="rules", options={}),),
        budget=Budget(candidates=5),
        seed=7,
    )
    return replace(usual, **differs)  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["address", "folder"])
def test_everything_that_is_asked_for_arrives_and_the_result_comes_back(
    way: str, api: ApiServer, server: Server, folder: Path
) -> None:
    api.patch_of = lambda _: PATCH
    request = a_request(folder.as_uri() if way == "address" else str(folder))
    heard: list[RunStatus] = []
    state = server.hand_in(request, replace(KEY, key=way))
    result = server.wait(state, lambda now: heard.append(now.status))

    run = api.store.load(state.run_id).run
    assert (run.seed, run.budget, run.problem.tests) == (7, Budget(candidates=5), "python -m unittest -q")
    assert (run.backends.strategy.options, run.backends.sandbox.options) == ({"width": 2}, {"processes": 99})
    assert api.store.catalogue.summary(run.id).batch == "nightly"
    with api.store.engine.connect() as connection:
        asked = connection.exec_driver_sql(f"SELECT priority, machines FROM runs WHERE id = '{run.id}'").one()
    assert asked == (3, 2)
    assert (result.verdict, result.speedup, result.patch) == (Verdict.CONFIRMED, FOUND, PATCH)
    assert b"<html" in server.report(state.run_id)
    assert heard == [RunStatus.FINISHED]
    assert server.hand_in(request, replace(KEY, key=way)).run_id == state.run_id


@pytest.mark.parametrize("way", ["address", "folder"])
def test_a_patch_is_judged(way: str, api: ApiServer, server: Server, folder: Path) -> None:
    request = a_request(folder.as_uri() if way == "address" else str(folder), proposers=(), patch=PATCH)
    state = server.hand_in(request, replace(KEY, key=f"judge {way}", machines=1))
    assert api.store.load(state.run_id).run.judged_patch == PATCH
    assert server.result(state.run_id).is_faster


def test_a_run_is_cancelled(api: ApiServer, server: Server, folder: Path) -> None:
    api.is_idle = True
    state = server.hand_in(a_request(folder.as_uri()), replace(KEY, key="idle"))
    assert not state.is_over
    assert server.cancel(state.run_id).status is RunStatus.CANCELLED
    assert server.result(state.run_id).patch == ""
    api.is_idle = False


def test_what_the_server_refuses_is_told_in_its_words(server: Server, folder: Path) -> None:
    with pytest.raises(ConfigError, match="the sandbox 'unsafe' can't be asked for here"):
        server.hand_in(a_request(folder.as_uri(), sandbox=BackendSpec(name="unsafe", options={})), KEY)
    with pytest.raises(ConfigError, match=r"\(401\): there is no such token"):
        replace(server, token="ps_wrong").state("abc")
    with pytest.raises(ConfigError, match=r"\(404\)"):
        server.state("../../healthz")


def test_a_server_that_is_not_there_is_given_up_on_after_a_while() -> None:
    waits: list[float] = []
    with pytest.raises(StoreError, match="does not answer after 6 attempts"):
        Server(url="http://127.0.0.1:9", sleep=waits.append).state("abc")
    assert waits == [1, 2, 4, 8, 16]


def test_a_server_that_is_brought_up_anew_is_waited_for_by_whoever_waits_for_a_run() -> None:
    waits: list[float] = []
    heard: list[str] = []
    state = RunState(run_id="abc", status=RunStatus.RUNNING, progress="measuring")
    with pytest.raises(StoreError, match="does not answer after 25 attempts"):
        Server(url="http://127.0.0.1:9", sleep=waits.append).wait(state, lambda now: heard.append(now.progress))
    assert sum(waits) == 2 + 601
    assert heard[:2] == ["measuring", "http://127.0.0.1:9 is busy or out of reach; it is asked again in 1 s"]


@contextmanager
def answering(*statuses: int) -> Iterator[str]:
    """The address of a server that answers so, each once, and then with a run."""
    left = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = json.dumps({"id": "abc", "status": "running", "stage": "", "progress": ""}).encode()
            self.send_response(left.pop(0) if left else 200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def test_a_broken_answer_is_asked_for_again() -> None:
    with answering(500, 502, 503) as url:
        assert Server(url=url, sleep=lambda _: None).state("abc").run_id == "abc"


def test_who_is_patient_hears_of_an_outage_and_goes_on_after_it() -> None:
    heard: list[str] = []
    with answering(*[503] * 12) as url:
        assert Server(url=url, sleep=lambda _: None).patient(heard.append).state("abc").status is RunStatus.RUNNING
    assert len(heard) == 12


@pytest.mark.parametrize("url", ["", "perfsmith.example.org", "file:///x", "https://x/?a=b"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="is no address of a server"):
        Server(url=url)


def test_no_token_goes_over_the_net_in_the_clear_or_into_a_message() -> None:
    with pytest.raises(ConfigError, match="use https") as refused:
        Server(url="http://perfsmith.example.org", token="ps_secret")
    assert "ps_secret" not in str(refused.value)
    assert "ps_secret" not in repr(Server(url="https://perfsmith.example.org", token="ps_secret"))


def test_the_runs_of_a_batch_that_stand_are_asked_for_together(tmp_path: Path) -> None:
    with api_on_loopback(tmp_path / "home", is_idle=True) as api:
        for number in range(503):
            ticket = Ticket(owner="action", batch="nightly" if number else "other")
            api.store.queue.enqueue(a_run(f"{number:04x}", minutes=number), ticket)
        api.store.queue.cancel("0001")
        found = Server(url=api.url, token=api.token).under_way("nightly")
    assert sorted(found) == [f"{number:04x}" for number in range(2, 503)]
    assert {state.status for state in found.values()} == {RunStatus.QUEUED}
