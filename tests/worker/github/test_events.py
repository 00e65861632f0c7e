"""What an event asks for, whoever wrote it."""

from typing import Any

import pytest

from core.errors import ConfigError
from worker.github.events import Passed, Task, Wanted, wanted_by


def comment(body: str, *, by: str = "OWNER", action: str = "created") -> dict[str, Any]:
    return {"action": action, "issue": {"number": 3}, "comment": {"body": body, "author_association": by}}


def of(event: str, payload: dict[str, Any]) -> Wanted | Passed:
    return wanted_by(event, payload, judge_label="performance")


@pytest.mark.parametrize("by", ["NONE", "CONTRIBUTOR", "FIRST_TIMER", "", None, "owner"])
def test_only_owners_members_and_collaborators_are_obeyed(by: Any) -> None:
    assert isinstance(of("issue_comment", comment("/perfsmith optimize", by=by)), Passed)


@pytest.mark.parametrize(
    "body", ["", "please /perfsmith optimize", "> /perfsmith optimize", "/perfsmith", "/perfsmith optimizes x"]
)
def test_a_comment_that_does_not_begin_with_the_command_is_none(body: str) -> None:
    assert isinstance(of("issue_comment", comment(body)), Passed)


def test_a_comment_that_was_edited_is_none() -> None:
    assert isinstance(of("issue_comment", comment("/perfsmith optimize", action="edited")), Passed)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("/perfsmith optimize", ""),
        ("/perfsmith optimize .", ""),
        ("/perfsmith optimize  ./src/a b.py \r\nthanks", "src/a b.py"),
        ("/perfsmith optimize src/$(id)`x`/", "src/$(id)`x`"),
    ],
)
def test_a_path_is_taken_as_text(body: str, path: str) -> None:
    wanted = of("issue_comment", comment(body))
    assert isinstance(wanted, Wanted)
    assert (wanted.path, wanted.task) == (path, Task.OPTIMIZE_PATH if path else Task.OPTIMIZE_WHOLE)


@pytest.mark.parametrize("path", ["../x", "a/../../b", "/etc/passwd", "-rf", "a\\b", "a\x1bb", "x" * 301])
def test_a_path_outside_of_the_repository_is_refused(path: str) -> None:
    with pytest.raises(ConfigError, match="is no path inside the repository"):
        of("issue_comment", comment(f"/perfsmith optimize {path}"))


def test_the_event_that_gives_forks_secrets_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="would give a fork's code the repository's secrets"):
        of("pull_request_target", {})


@pytest.mark.parametrize("payload", [{"action": "opened"}, {"action": "opened", "pull_request": {"number": "7"}}])
def test_a_malformed_event_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="the event"):
        of("pull_request", payload)


def test_a_head_whose_repository_is_gone_is_a_fork_and_another_label_asks_for_nothing() -> None:
    pull = {
        "number": 1,
        "head": {"sha": "a" * 40, "ref": "x", "repo": None},
        "base": {"repo": {"full_name": "team/tally"}},
        "labels": [{"name": "performance"}],
    }
    wanted = of("pull_request", {"action": "opened", "pull_request": pull})
    assert isinstance(wanted, Wanted)
    assert wanted.pull
    assert (wanted.pull.is_fork, wanted.task) == (True, Task.JUDGE)
    assert isinstance(of("pull_request", {"action": "labeled", "label": {"name": "bug"}, "pull_request": pull}), Passed)


@pytest.mark.parametrize(
    ("labels", "branch", "is_passed"),
    [((), "perfsmith/pr-7", True), (("performance",), "perfsmith/pr-7", False), ((), "my-perfsmith/x", False)],
)
def test_a_pull_request_of_our_own_does_not_lead_to_the_next_and_may_be_judged(
    labels: tuple[str, ...],
    branch: str,
    is_passed: bool,  # noqa: FBT001
) -> None:
    repository = {"full_name": "team/tally"}
    pull = {
        "number": 8,
        "head": {"sha": "a" * 40, "ref": branch, "repo": repository},
        "base": {"repo": repository},
        "labels": [{"name": label} for label in labels],
    }
    assert isinstance(of("pull_request", {"action": "opened", "pull_request": pull}), Passed) == is_passed
