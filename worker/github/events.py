"""What an event of GitHub asks perfsmith for. Everything in an event was written by somebody: it is read, never run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.errors import ConfigError

TRUSTED = ("OWNER", "MEMBER", "COLLABORATOR")
"""Whose comments are obeyed, by their `author_association`."""
BRANCHES = "perfsmith/"
"""How the names of branches begin that patches are proposed on."""
EVENTS = ("pull_request", "schedule", "workflow_dispatch", "issue_comment")
_PULL_ACTIONS = ("opened", "synchronize", "reopened", "labeled", "ready_for_review")
_COMMAND = re.compile(r"/perfsmith[ \t]+optimize(?:[ \t]+(?P<path>[^\r\n]*?))?[ \t]*(?:\r?\n|$)")
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LONGEST_PATH = 300


class Task(StrEnum):
    """What is to be done."""

    OPTIMIZE_WHOLE = "optimize the repository"
    OPTIMIZE_TOUCHED = "optimize what the pull request touches"
    OPTIMIZE_PATH = "optimize one path"
    JUDGE = "judge the pull request"


@dataclass(frozen=True, kw_only=True)
class PullRequest:
    """A pull request as far as it matters."""

    number: int
    head_sha: str
    head_branch: str
    is_fork: bool
    """Its head is another repository's: nothing secret is there, and nothing may be written."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What an event asks for."""

    task: Task
    path: str = ""
    """Of OPTIMIZE_PATH."""
    pull: PullRequest | None = None
    issue: int | None = None
    """Where the answer is written: the number of an issue or of a pull request."""
    is_on_pull: bool = False
    """Whether that is a pull request, which the event itself may not tell more about."""


@dataclass(frozen=True, kw_only=True)
class Passed:
    """An event that asks for nothing."""

    reason: str


def wanted_by(event: str, payload: Mapping[str, object], *, judge_label: str) -> Wanted | Passed:
    """What the event asks for. ConfigError when perfsmith is not made for it, or it is malformed."""
    if event == "pull_request":
        return _pull(payload, judge_label)
    if event == "issue_comment":
        return _comment(payload)
    if event in EVENTS:
        return Wanted(task=Task.OPTIMIZE_WHOLE)
    hint = "; it would give a fork's code the repository's secrets" if event == "pull_request_target" else ""
    raise ConfigError(f"the event {event!r} can't be handled{hint}; these can: {', '.join(EVENTS)}")


def _pull(payload: Mapping[str, object], judge_label: str) -> Wanted | Passed:
    action = _text(payload, "action")
    if action not in _PULL_ACTIONS:
        return Passed(reason=f"a pull request was {action}, which asks for nothing")
    found = _table(payload, "pull_request")
    labels = [_text(label, "name") for label in _tables(found, "labels")]
    if action == "labeled" and _text(_table(payload, "label"), "name") != judge_label:
        return Passed(reason="another label was added")
    pull = read_pull(found)
    task = Task.JUDGE if judge_label in labels else Task.OPTIMIZE_TOUCHED
    if task is Task.OPTIMIZE_TOUCHED and pull.head_branch.startswith(BRANCHES):
        return Passed(reason="it is a pull request of perfsmith's own")  # else each would lead to the next
    return Wanted(task=task, pull=pull, issue=pull.number, is_on_pull=True)


def read_pull(found: Mapping[str, object]) -> PullRequest:
    """A pull request as GitHub tells it; its head's repository is null when that is gone, which counts as a fork."""
    head, base = _table(found, "head"), _table(found, "base")
    ours = _text(_table(base, "repo"), "full_name")
    theirs = head.get("repo")
    sha = _text(head, "sha")
    if not _SHA.fullmatch(sha):
        raise ConfigError(f"the event names {sha[:80]!r} as a commit")
    return PullRequest(
        number=_number(found),
        head_sha=sha,
        head_branch=_text(head, "ref"),
        is_fork=not isinstance(theirs, Mapping) or theirs.get("full_name") != ours,
    )


def _comment(payload: Mapping[str, object]) -> Wanted | Passed:
    comment = _table(payload, "comment")
    command = _COMMAND.match(_text(comment, "body"))
    if command is None or _text(payload, "action") != "created":
        return Passed(reason="the comment is no command of perfsmith's: /perfsmith optimize PATH")
    if comment.get("author_association") not in TRUSTED:
        return Passed(reason="the comment's author is no owner, member or collaborator of this repository")
    issue = _table(payload, "issue")
    path = _path(command["path"] or "")
    return Wanted(
        task=Task.OPTIMIZE_PATH if path else Task.OPTIMIZE_WHOLE,
        path=path,
        issue=_number(issue),
        is_on_pull=isinstance(issue.get("pull_request"), Mapping),
    )


def _path(given: str) -> str:
    """The path of a file or folder inside the repository, without slashes at its ends."""
    path = given.strip().removeprefix("./").rstrip("/")
    odd = path.startswith(("/", "-")) or ".." in path.split("/") or not (path.isprintable() or not path)
    if odd or "\\" in path or len(path) > _LONGEST_PATH:
        raise ConfigError(
            f"{given[:80]!r} is no path inside the repository; write e.g. /perfsmith optimize src/module.py"
        )
    return "" if path == "." else path


def _table(found: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = found.get(name)
    if not isinstance(value, Mapping):
        raise ConfigError(f"the event has no {name}")
    return value


def _tables(found: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    value = found.get(name)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _text(found: Mapping[str, object], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""


def _number(found: Mapping[str, object]) -> int:
    value = found.get("number")
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ConfigError("the event has no number of an issue or a pull request")
    return value
