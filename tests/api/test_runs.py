"""Handing in, looking at, ending and taking up again."""

import asyncio
import io
import json
import zipfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from anyio.to_thread import current_default_thread_limiter

from api import events
from api.app import PREFIX, make_app
from api.service import STREAMS_OF_ONE, SUBMISSIONS, SUBMISSIONS_OF_ONE, Service
from core.access import Scope
from core.allowance import OUT_OF_ALLOWANCE
from core.candidate import Verdict
from core.errors import MachineError
from core.queue import Ticket
from core.run import RunStatus
from store.engine import connect
from store.sql import SqlStore
from tests.api.conftest import ClientMaker
from tests.store.facts import a_call, a_candidate, a_decision, a_run, an_evaluation
from tests.story.conftest import FILES
from worker.settings import ModelPrice

HOSTILE = "<script>\x00\x1b[2J\u202e\ud800</script>"
RUNS = f"{PREFIX}/runs"
JSON = {"Content-Type": "application/json"}


def archive(files: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return data.getvalue()


def test_a_run_that_is_handed_in_waits_and_workers_are_told(
    client_of: ClientMaker, repository: str, nudged: list[str]
) -> None:
    answer = client_of(Scope.SUBMIT, name="ann").post(
        RUNS, json={"repository": repository, "budget": {"candidates": 3}}
    )
    assert answer.status_code == 201, answer.text
    run = answer.json()
    assert (run["status"], run["owner"], run["repository"]) == ("queued", "ann", repository)
    assert answer.headers["location"] == f"{RUNS}/{run['id']}"
    assert nudged == [run["id"]]


def test_the_same_key_gives_the_same_run_and_another_request_under_it_is_refused(
    client_of: ClientMaker, repository: str, nudged: list[str]
) -> None:
    client, key = client_of(Scope.SUBMIT), {"Idempotency-Key": "monday"}
    first = client.post(RUNS, json={"repository": repository}, headers=key)
    again = client.post(RUNS, json={"repository": repository}, headers=key)
    other = client.post(RUNS, json={"repository": repository, "seed": 1}, headers=key)
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["id"] in other.json()["detail"]
    assert len(nudged) == 1


def test_one_caller_s_submissions_leave_room_for_others(
    client_of: ClientMaker, service: Service, repository: str
) -> None:
    ann, bob = client_of(Scope.SUBMIT, name="ann"), client_of(Scope.SUBMIT, name="bob")
    with ExitStack() as under_way:
        for _ in range(SUBMISSIONS_OF_ONE):
            under_way.enter_context(service.submissions.taken("ann"))
        refused = ann.post(RUNS, json={"repository": repository})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert "4 submissions of ann are under way" in refused.json()["detail"]
        assert bob.post(RUNS, json={"repository": repository}).status_code == 201
    assert ann.post(RUNS, json={"repository": repository}).status_code == 201


def test_all_callers_submissions_together_leave_threads_for_other_routes(
    client_of: ClientMaker, service: Service, repository: str
) -> None:
    with ExitStack() as under_way:
        for number in range(SUBMISSIONS):
            under_way.enter_context(service.submissions.taken(f"caller {number}"))
        assert client_of(Scope.SUBMIT).post(RUNS, json={"repository": repository}).status_code == 429


def test_a_patch_is_handed_in_to_be_judged(client_of: ClientMaker, repository: str, store: SqlStore) -> None:
    patch = "--- a/work.py\n+++ b/work.py\n@@ -1 +1 @@\n-def total(numbers):\n+def total(numbers) :\n"
    run = client_of(Scope.SUBMIT).post(f"{PREFIX}/judge", json={"repository": repository, "patch": patch}).json()
    assert run["kind"] == "judge"
    assert "total(numbers) :" in store.load(run["id"]).run.judged_patch


def test_a_run_is_for_as_many_machines_as_was_asked_and_a_patch_is_judged_on_one(
    client_of: ClientMaker, repository: str, store: SqlStore
) -> None:
    client = client_of(Scope.SUBMIT)
    assert client.post(RUNS, json={"repository": repository, "machines": 3}).status_code == 201
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT machines FROM runs").scalar_one() == 3
    refused = client.post(f"{PREFIX}/judge", json={"repository": repository, "patch": "x", "machines": 3})
    assert refused.status_code == 422
    assert "machines" in refused.json()["detail"]


def test_an_archive_is_handed_in_and_kept_for_workers(client_of: ClientMaker, store: SqlStore) -> None:
    data = archive(dict(FILES))
    answer = client_of(Scope.SUBMIT).post(
        f"{PREFIX}/archives",
        files={"archive": ("../../etc/tiny.zip", data)},
        data={"request": json.dumps({"budget": {"candidates": 1}})},
    )
    assert answer.status_code == 201, answer.text
    assert store.queue.archive(answer.json()["id"]) == data
    assert answer.json()["repository"] == "tiny.zip"


@pytest.mark.parametrize(
    ("content", "request_text", "words"),
    [
        (b"no archive", "{}", "archive"),
        (archive({"../out.py": "x"}), "{}", "out.py"),
        (archive(dict(FILES)), "[]", "must be an object"),
        (archive(dict(FILES)), "{", "no JSON"),
        (archive(dict(FILES)), '{"budjet": {}}', "budjet"),
    ],
)
def test_an_archive_or_request_that_can_not_be_used_is_refused(
    client_of: ClientMaker, content: bytes, request_text: str, words: str
) -> None:
    answer = client_of(Scope.SUBMIT).post(
        f"{PREFIX}/archives", files={"archive": ("a.zip", content)}, data={"request": request_text}
    )
    assert answer.status_code == 422
    assert words in answer.json()["detail"]


def test_an_archive_that_is_too_large_is_refused_and_not_kept(
    client_of: ClientMaker, service: Service, tmp_path: Path
) -> None:
    client = client_of(Scope.SUBMIT, settings=replace(service.settings, archive_bytes=1000))
    answer = client.post(f"{PREFIX}/archives", files={"archive": ("a.zip", b"x" * 2000)})
    assert answer.status_code == 413
    assert "larger than 1000 bytes, the limit of PERFSMITH_ARCHIVE_BYTES" in answer.json()["detail"]
    assert list((tmp_path / "home").glob("upload-*")) == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "repository"),
        ({"repository": "/etc"}, "no URL"),
        ({"repository": "https://user:pw@127.0.0.1/x.git"}, "127.0.0.1"),
        ({"repository": "R", "colour": "red"}, "colour"),
        ({"repository": "R", "budget": {"dollars": -1}}, "budget.dollars"),
        ({"repository": "R", "budget": {"dollars": float("inf")}}, "budget.dollars"),
        ({"repository": "R", "priority": 10}, "priority"),
        ({"repository": "R", "machines": 0}, "machines"),
        ({"repository": "R", "sandbox": {"name": "unsafe"}}, "unsafe"),
        ({"repository": "R", "strategy": {"name": "os:System"}}, "os:System"),
        ({"repository": "R", "proposers": [{"name": "replay", "options": {"directory": "/etc"}}]}, "replay"),
        (
            {"repository": "R", "proposers": [{"name": "openai", "options": {"base_url": "https://evil.example"}}]},
            "base_url",
        ),
        ({"repository": "R", "sandbox": {"name": "docker", "options": {"engine": "tcp://evil"}}}, "engine"),
        ({"repository": "R", "ref": "no-such-branch"}, "no-such-branch"),
        ({"repository": "R", "problem": {"workload": []}}, "problem.workload"),
        ({"repository": "R", "problem": {"objective": "beauty"}}, "problem.objective"),
    ],
)
def test_what_can_not_be_carried_out_is_refused_with_the_bad_value(
    client_of: ClientMaker, repository: str, store: SqlStore, asked: dict[str, object], words: str
) -> None:
    given = {name: repository if value == "R" else value for name, value in asked.items()}
    answer = client_of(Scope.SUBMIT).post(RUNS, content=json.dumps(given), headers=JSON)
    assert answer.status_code == 422, answer.text
    assert words in answer.json()["detail"]
    assert store.recent(10) == []


@pytest.mark.parametrize("start", ["x://", "https:", "me@host/:", "./x://", "file:"])
def test_a_path_of_the_server_is_refused_however_it_is_dressed_up(
    client_of: ClientMaker, repository: str, store: SqlStore, start: str
) -> None:
    path = repository.removeprefix("file://")
    answer = client_of(Scope.SUBMIT).post(RUNS, json={"repository": f"{start}{'../' * 40}{path.lstrip('/')}"})
    assert answer.status_code == 422, answer.text
    assert store.recent(10) == []


@pytest.fixture
def asking(service: Service) -> dict[str, object]:
    """What makes a service whose runs ask a model unless told otherwise."""
    price = ModelPrice(input_dollars=1.0, output_dollars=2.0)
    return {"settings": replace(service.settings, openai_api_key="none", model="m", model_price=price)}


def test_a_day_s_dollars_bound_each_run_and_all_runs_together(
    client_of: ClientMaker, asking: dict[str, object], repository: str, store: SqlStore
) -> None:
    client = client_of(Scope.SUBMIT, dollars_per_day=5.0, **asking)
    first = client.post(RUNS, json={"repository": repository, "budget": {"dollars": 3}}).json()["id"]
    rest = client.post(RUNS, json={"repository": repository}).json()["id"]
    assert [store.load(run_id).run.budget.dollars for run_id in (first, rest)] == [3.0, 2.0]
    answer = client.post(RUNS, json={"repository": repository, "budget": {"dollars": 0.5}})
    assert answer.status_code == 403
    assert answer.json()["type"] == OUT_OF_ALLOWANCE
    assert "0.00 dollars left of 5.00" in answer.json()["detail"]
    rules = {"repository": repository, "proposers": [{"name": "rules"}]}
    assert client.post(RUNS, json=rules).status_code == 201
    client.post(f"{RUNS}/{first}/cancel")
    assert client.post(RUNS, json={"repository": repository, "budget": {"dollars": 3}}).status_code == 201


def test_a_day_bounds_no_run_whose_dollars_nobody_can_count(
    client_of: ClientMaker, service: Service, repository: str, store: SqlStore
) -> None:
    unpriced = replace(service.settings, openai_api_key="none", model="m")
    client = client_of(Scope.SUBMIT, dollars_per_day=5.0, settings=unpriced)
    answer = client.post(RUNS, json={"repository": repository})
    assert answer.status_code == 422
    assert "the price of the model 'm' is not known" in answer.json()["detail"]
    assert store.recent(1) == []


def test_a_run_is_not_resumed_with_dollars_that_nobody_can_count(
    client_of: ClientMaker, service: Service, repository: str
) -> None:
    unpriced = replace(service.settings, openai_api_key="none", model="m")
    client = client_of(Scope.SUBMIT, settings=unpriced)
    run_id = client.post(RUNS, json={"repository": repository}).json()["id"]
    client.post(f"{RUNS}/{run_id}/cancel")
    answer = client.post(f"{RUNS}/{run_id}/resume", json={"dollars": 3})
    assert answer.status_code == 422
    assert "the price of the model 'm' is not known" in answer.json()["detail"]
    assert client.post(f"{RUNS}/{run_id}/resume", json={"candidates": 3}).status_code == 200


def test_a_machine_that_can_not_take_a_run_now_is_no_fault_of_who_asks(
    client_of: ClientMaker, repository: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> str:
        raise MachineError("there is no room left")

    monkeypatch.setattr("api.handing_in.hand_in", full)
    answer = client_of(Scope.SUBMIT).post(RUNS, json={"repository": repository})
    assert (answer.status_code, answer.json()["detail"]) == (503, "there is no room left")
    assert int(answer.headers["retry-after"]) > 0


def test_whoever_resumes_a_run_its_owner_s_day_bounds_it(
    client_of: ClientMaker, asking: dict[str, object], repository: str
) -> None:
    owner = client_of(Scope.SUBMIT, name="ann", dollars_per_day=5.0, **asking)
    run_id = owner.post(RUNS, json={"repository": repository, "budget": {"dollars": 3}}).json()["id"]
    owner.post(f"{RUNS}/{run_id}/cancel")
    admin = client_of(Scope.ADMIN)
    answer = admin.post(f"{RUNS}/{run_id}/resume", json={"dollars": 6})
    assert answer.status_code == 403
    assert "ann has 5.00 dollars left" in answer.json()["detail"]
    assert admin.post(f"{RUNS}/{run_id}/resume", json={"dollars": 4}).status_code == 200


def test_runs_are_listed_in_pages_that_miss_none(client_of: ClientMaker, store: SqlStore) -> None:
    for number in range(7):
        store.create(a_run(f"a{number}", minutes=number))
    client, seen, after = client_of(Scope.READ), [], ""
    while True:
        page = client.get(RUNS, params={"limit": 3, "after": after}).json()
        seen += [run["id"] for run in page["runs"]]
        after = page["after"]
        if not after:
            break
    assert seen == [f"a{number}" for number in reversed(range(7))]


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({"status": "finished"}, ["b"]),
        ({"status": ["finished", "queued"]}, ["b", "a"]),
        ({"owner": "nobody"}, []),
        ({"name": "SLO"}, ["b", "a"]),
        ({"name": "low"}, []),
        ({"since": "2026-11-21T12:01:00Z"}, ["b"]),
        ({"until": "2026-11-21T12:01:00"}, ["a"]),
        ({"min_speedup": 1.5}, []),
        ({"order": "fastest"}, []),
    ],
)
def test_runs_are_listed_by_what_is_wanted(
    client_of: ClientMaker, store: SqlStore, params: dict[str, str], ids: list[str]
) -> None:
    for number, run_id in enumerate(("a", "b")):
        store.create(a_run(run_id, minutes=number))
    store.transition("b", RunStatus.FINISHED)
    found = client_of(Scope.READ).get(RUNS, params=params)
    assert [run["id"] for run in found.json()["runs"]] == ids, found.text


@pytest.mark.parametrize("after", ["x", "eyJh", "WyJmYXN0ZXN0IiwgMSwgImEiXQ=="])
def test_a_cursor_that_is_none_is_refused(client_of: ClientMaker, after: str) -> None:
    assert client_of(Scope.READ).get(RUNS, params={"after": after}).status_code == 422


def test_an_unknown_run_is_not_found_wherever_it_is_asked_for(client_of: ClientMaker) -> None:
    client = client_of(Scope.ADMIN)
    for path in ("", "/log", "/events", "/patch", "/report", "/record", "/candidates", "/candidates/0"):
        answer = client.get(f"{RUNS}/nope{path}")
        assert answer.status_code == 404, path
        assert "nope" in answer.json()["detail"]


def told(store: SqlStore) -> None:
    """A run with a confirmed candidate, in whose texts everything is hostile."""
    store.create(a_run())
    history = store.history("3fa4")
    history.propose(a_candidate(0))
    patch = HOSTILE.replace("\ud800", "")  # such a patch can not be applied, and never wins
    proposal = replace(a_candidate(1).proposal, patch=patch, rationale=HOSTILE, direction=HOSTILE)
    history.propose(replace(a_candidate(1, parent=0), proposal=proposal))
    history.decide(1, an_evaluation(), a_decision())
    history.confirm(1, an_evaluation(), replace(a_decision(Verdict.CONFIRMED), reason=HOSTILE))
    store.ledger("3fa4").record(replace(a_call(), prompt=HOSTILE))
    store.transition("3fa4", RunStatus.FINISHED, stopped_by=HOSTILE)


def test_hostile_text_is_carried_as_data(client_of: ClientMaker, store: SqlStore) -> None:
    told(store)
    client = client_of(Scope.READ)
    for path in ("", "/candidates", "/candidates/1", "/candidates/1/calls", "/record"):
        answer = client.get(f"{RUNS}/3fa4{path}")
        assert answer.status_code == 200, path
        assert answer.headers["content-type"] == "application/json"
        answer.json()


def test_documents_with_other_people_s_text_can_do_nothing_in_a_browser(
    client_of: ClientMaker, store: SqlStore
) -> None:
    told(store)
    client = client_of(Scope.READ)
    for path in ("/report", "/patch"):
        answer = client.get(f"{RUNS}/3fa4{path}")
        assert answer.status_code == 200
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_run_without_a_winner_has_no_patch(client_of: ClientMaker, store: SqlStore) -> None:
    store.create(a_run())
    answer = client_of(Scope.READ).get(f"{RUNS}/3fa4/patch")
    assert answer.status_code == 404
    assert "no confirmed patch" in answer.json()["detail"]


def test_a_run_that_is_over_is_taken_up_again_with_more_to_spend(
    client_of: ClientMaker, repository: str, store: SqlStore, nudged: list[str]
) -> None:
    client = client_of(Scope.SUBMIT)
    run_id = client.post(RUNS, json={"repository": repository, "budget": {"candidates": 2}}).json()["id"]
    assert client.post(f"{RUNS}/{run_id}/resume", json={}).status_code == 422
    client.post(f"{RUNS}/{run_id}/cancel")
    assert client.post(f"{RUNS}/{run_id}/resume", json={"candidates": 9}).json()["status"] == "queued"
    assert store.load(run_id).run.budget.candidates == 9
    assert nudged == [run_id, run_id]


def test_the_log_and_the_events_tell_what_was_said_and_end_with_the_run(
    client_of: ClientMaker, store: SqlStore
) -> None:
    store.queue.enqueue(a_run(), Ticket(owner="ann"))
    claim = store.queue.claim("w", machine="m", lease_seconds=60)
    assert claim is not None
    held = store.held(claim)
    for number in range(3):
        held.say("3fa4", "search", f"line {number}\nevent: end")
    held.transition("3fa4", RunStatus.FINISHED)
    client = client_of(Scope.READ)
    assert [entry["number"] for entry in client.get(f"{RUNS}/3fa4/log", params={"after": 1}).json()] == [2, 3]
    text = client.get(f"{RUNS}/3fa4/events", headers={"Last-Event-ID": "2"}).text
    assert [line for line in text.splitlines() if not line.startswith("data")] == [
        "event: log",
        "id: 3",
        "",
        "event: end",
        "",
    ]


def test_a_waiting_run_says_which_machine_was_unable_to_work_on_it_and_why(
    client_of: ClientMaker, store: SqlStore
) -> None:
    store.queue.enqueue(a_run(), Ticket(owner="ann"))
    claim = store.queue.claim("w", machine="attic", lease_seconds=60)
    assert claim is not None
    store.queue.set_aside(claim, reason="no Docker engine answers", hours=24)
    line = client_of(Scope.READ).get(f"{RUNS}/3fa4").json()
    assert (line["status"], line["progress"]) == (
        "queued",
        "waits for a machine that can: no Docker engine answers (machine attic)",
    )


def test_a_waiting_run_that_is_watched_says_how_it_ends(client_of: ClientMaker, store: SqlStore) -> None:
    store.queue.enqueue(a_run(), Ticket(owner="ann"))
    client = client_of(Scope.ADMIN)
    with client.stream("GET", f"{RUNS}/3fa4/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == "event: state"
        store.queue.cancel("3fa4")
        assert "event: end" in list(lines)


def test_events_end_with_the_token(client_of: ClientMaker, store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "TRUSTED_POLLS", 1)
    store.queue.enqueue(a_run(), Ticket(owner="ann"))
    with client_of(Scope.READ, name="bob").stream("GET", f"{RUNS}/3fa4/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == "event: state"
        store.keyring.revoke("bob")
        assert list(lines)[-3:] == ["event: refused", 'data: {"detail":"this token was revoked"}', ""]


def test_one_caller_reads_so_many_streams_at_a_time(client_of: ClientMaker, store: SqlStore, service: Service) -> None:
    told(store)
    client = client_of(Scope.READ)
    for _ in range(STREAMS_OF_ONE + 1):  # one after the other
        assert client.get(f"{RUNS}/3fa4/events").status_code == 200
    with ExitStack() as read:
        for _ in range(STREAMS_OF_ONE):
            read.enter_context(service.streams.taken("read"))
        refused = client.get(f"{RUNS}/3fa4/events")
        assert refused.status_code == 429
        assert "20 event streams of read are under way" in refused.json()["detail"]


def test_a_batch_is_shown_and_ended_by_its_owner_or_for_all_by_an_admin(
    client_of: ClientMaker, store: SqlStore
) -> None:
    for run_id, owner in (("a", "ann"), ("b", "bob")):
        store.queue.enqueue(a_run(run_id), Ticket(owner=owner, batch="nightly"))
    ann, batch = client_of(Scope.SUBMIT, name="ann"), f"{PREFIX}/batches/nightly"
    assert ann.get(batch).json()["runs"]["queued"] == 2
    assert ann.get(batch, params={"owner": "ann"}).json()["runs"]["queued"] == 1
    assert ann.post(f"{batch}/cancel").json()["runs"]["cancelled"] == 1
    assert ann.get(batch).json()["runs"]["queued"] == 1
    assert client_of(Scope.ADMIN).post(f"{batch}/cancel").json()["runs"]["cancelled"] == 2
    unknown = ann.get(f"{PREFIX}/batches/weekly")
    assert unknown.status_code == 404
    assert "weekly" in unknown.json()["detail"]


def test_metrics_say_how_the_queue_stands(client_of: ClientMaker, store: SqlStore) -> None:
    store.queue.enqueue(replace(a_run(), created_at=datetime.now(UTC) - timedelta(hours=1)), Ticket(owner="ann"))
    client = client_of(Scope.READ)
    client.get(f"{RUNS}/3fa4")
    text = client.get("/metrics").text
    assert 'perfsmith_runs{status="queued"} 1.0' in text
    assert 'perfsmith_candidates_24h{verdict="tests failed"} 0.0' in text
    assert "perfsmith_sandbox_failures_24h 0.0" in text
    assert 'perfsmith_http_requests_total{method="GET",route="/api/v1/runs/{run_id}",status="200"} 1.0' in text


def test_the_process_answers_while_all_its_threads_are_busy(service: Service) -> None:
    async def asked() -> int:
        threads = current_default_thread_limiter()
        threads.total_tokens = 1
        async with threads, httpx2.AsyncClient(transport=httpx2.ASGITransport(make_app(service))) as client:
            return (await client.get("http://perfsmith.example/healthz")).status_code

    assert asyncio.run(asyncio.wait_for(asked(), timeout=60)) == 200


def test_the_service_is_ready_while_its_store_answers(client_of: ClientMaker, service: Service) -> None:
    client = client_of()
    assert client.get("/readyz").json() == {"status": "ok"}
    gone = replace(service.store, engine=connect(f"sqlite:///{service.settings.home}/no/such/folder.db"))
    answer = client_of(store=gone).get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
