"""GitHub's REST API: pages, limits, permissions, and who we are."""

from dataclasses import replace

import pytest

from core.errors import ConfigError
from tests.fakes.github import BOT, State
from worker.github.client import GitHub, NoAnswerError, NotAllowedError


def test_all_pages_are_read(github: GitHub, state: State) -> None:
    state.comments[3] = [{"id": n, "user": None, "body": str(n)} for n in range(5)]
    assert [comment.number for comment in github.comments(3)] == [0, 1, 2, 3, 4]
    assert len(state.requests) == 3


def test_a_page_elsewhere_does_not_get_the_token(github: GitHub, state: State) -> None:
    state.comments[3] = [{"id": n, "user": None, "body": ""} for n in range(5)]
    state.url = "http://evil.example"
    with pytest.raises(NotAllowedError, match=r"evil\.example"):
        list(github.comments(3))


def test_a_limit_of_requests_is_waited_for_as_long_as_asked(github: GitHub, state: State) -> None:
    waits: list[float] = []
    state.busy = [
        (429, {"retry-after": "7"}),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1030"}),
    ]
    patient = replace(github, sleep=waits.append, now=lambda: 1000.0)
    assert patient.add_comment(3, "hello") == "https://gh/c/100"
    assert waits == [7.0, 30.0]


def test_a_broken_answer_repeats_reading_and_never_writing(github: GitHub, state: State) -> None:
    state.busy = [(502, {}), (502, {})]
    assert list(github.comments(3)) == []
    state.busy = [(502, {})]
    with pytest.raises(NoAnswerError, match="502"):
        github.add_comment(3, "hello")
    assert state.told(3) == []


def test_reading_ends_after_some_attempts(github: GitHub, state: State) -> None:
    state.busy = [(503, {})] * 9
    with pytest.raises(NoAnswerError, match="no answer"):
        github.pull(3)
    assert len(state.requests) == 5


def test_we_are_a_person_or_the_bot_of_workflows(github: GitHub, state: State) -> None:
    assert github.me() == BOT
    state.has_users = True
    assert github.me() == "a-person"


@pytest.mark.parametrize("viewer", [None, "my-app"], ids=["as in comments", "without its ending"])
def test_we_are_the_app_whose_token_a_workflow_was_given(github: GitHub, state: State, viewer: str | None) -> None:
    state.installed, state.viewer = "my-app[bot]", viewer
    assert github.me() == "my-app[bot]"


def test_we_are_the_bot_of_workflows_where_nobody_tells_who_we_are(github: GitHub, state: State) -> None:
    state.has_graphql = False
    assert github.me() == BOT


def test_who_we_are_is_asked_again_after_a_broken_answer(github: GitHub, state: State) -> None:
    state.installed, state.fails = "my-app[bot]", ("POST /graphql", 2)
    assert github.me() == "my-app[bot]"


def test_graphql_of_an_enterprise_server_is_beside_its_rest_api(github: GitHub, state: State) -> None:
    enterprise = replace(github, url=f"{state.url}/api/v3")
    enterprise.me()
    assert state.requests == ["GET /api/v3/user", "POST /api/graphql"]


def test_the_token_is_in_no_message_and_no_representation(github: GitHub, state: State) -> None:
    state.may_write = False
    with pytest.raises(NotAllowedError) as refused:
        github.add_comment(3, "hello")
    assert "the-token" not in f"{refused.value} {github!r}"
    assert refused.value.status == 403


def test_a_repository_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="owner/name"):
        GitHub(url="https://api.github.com", repository="a/b/c", token="")
