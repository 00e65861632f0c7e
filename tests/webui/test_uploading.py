"""Uploads reach Streamlit from sessions that may submit, and from no other."""

from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from webui import uploading
from webui.uploading import UploadsOfSubmitters, forbid_upload, let_upload

PLACE = "/_stcore/upload_file/{session}/{file}"


@pytest.fixture
def client() -> TestClient:
    async def take(_: Request) -> Response:
        return PlainTextResponse("taken")

    app = Starlette(routes=[Route(PLACE, take, methods=["PUT", "DELETE"]), Route("/other", take, methods=["PUT"])])
    return TestClient(UploadsOfSubmitters(app))


def visit(monkeypatch: pytest.MonkeyPatch, session: str) -> None:
    monkeypatch.setattr(uploading, "get_script_run_ctx", lambda: SimpleNamespace(session_id=session))
    let_upload()


def test_only_a_session_that_saw_the_form_may_upload(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.put("/_stcore/upload_file/abc/1", content=b"x" * 1000).status_code == 403
    visit(monkeypatch, "abc")
    assert client.put("/_stcore/upload_file/abc/1", content=b"x").text == "taken"
    assert client.put("/_stcore/upload_file/abd/1", content=b"x").status_code == 403
    assert client.put("/base/_stcore/upload_file/abd/1", content=b"x").status_code == 403
    assert client.put("/other", content=b"x").text == "taken"


def test_a_session_whose_rights_have_ended_may_upload_no_longer(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(monkeypatch, "abc")
    forbid_upload()
    assert client.put("/_stcore/upload_file/abc/1", content=b"x").status_code == 403


def test_the_latest_sessions_are_remembered(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "MOST_SESSIONS", 2)
    for session in ("one", "two", "one", "three"):
        visit(monkeypatch, session)
    taken = [client.put(f"/_stcore/upload_file/{session}/1").status_code for session in ("one", "two", "three")]
    assert taken == [200, 403, 200]
