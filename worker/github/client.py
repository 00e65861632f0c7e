"""The calls of GitHub's API that are used, and nothing else. What GitHub refuses is a NotAllowedError, in its words."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2

from core.errors import ConfigError, PerfsmithError
from worker.github.events import PullRequest, read_pull
from worker.retrying import BusyError, persistently

ATTEMPTS = 5
MOST_PAGES = 50
_PAGE = 100
_LONGEST_WAIT_SECONDS = 120.0
_BOT = "[bot]"
_ACTIONS_BOT = f"github-actions{_BOT}"
_UNPROCESSABLE = 422
_LIMITED = (403, 429)
_BROKEN = 500


class NotAllowedError(PerfsmithError):
    """GitHub said no. Whoever wanted to tell something there notes it in the job's summary and goes on."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class NoAnswerError(PerfsmithError):
    """GitHub said nothing, or that something of its own is broken: it may do what was asked for later."""


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A comment on an issue or a pull request."""

    number: int
    author: str
    body: str


@dataclass(frozen=True, kw_only=True)
class GitHub:
    """One repository, with the rights of a token."""

    url: str
    """Of the API."""
    repository: str
    """owner/name."""
    token: str | Callable[[], str] = field(repr=False)
    """Or what gives one that is still good, where they end sooner than the work."""
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    bot: str = ""
    """The login of what has no user, an installation's token; empty to ask for it."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigError(f"{self.url!r} is no address of GitHub's API")
        if self.repository.count("/") != 1 or not self.repository.isprintable():
            raise ConfigError(f"{self.repository!r} is no repository; it must look like owner/name")

    @property
    def secret(self) -> str:
        """The token now."""
        return self.token if isinstance(self.token, str) else self.token()

    def me(self) -> str:
        """The login that comments are written under."""
        try:
            return str(self._call("GET", f"{self.url.rstrip('/')}/user")["login"])
        except NotAllowedError:
            return self.bot or self._viewer()

    def _viewer(self) -> str:
        """The login of an installation's token, which REST does not tell: a workflow's own, or that of some App."""
        try:
            found = self._call("POST", self._queries, {"query": "{ viewer { login } }"})
            name = str(found["data"]["viewer"]["login"])
        except (NotAllowedError, KeyError, TypeError):
            return _ACTIONS_BOT
        return f"{name.removesuffix(_BOT)}{_BOT}"

    def app_name(self) -> str:
        """The short name of the App whose proof the token is."""
        return str(self._call("GET", f"{self.url.rstrip('/')}/app")["slug"])

    def installation_token(self, installation: int) -> str:
        """A token for this repository alone, where the App is installed, for an hour."""
        rights = {"contents": "write", "issues": "write", "pull_requests": "write"}
        wanted = {"repositories": [self.repository.partition("/")[2]], "permissions": rights}
        place = f"{self.url.rstrip('/')}/app/installations/{installation}/access_tokens"
        return str(self._call("POST", place, wanted)["token"])

    def default_branch(self) -> str:
        """The branch that pull requests go to where nobody says another one."""
        return str(self._call("GET", f"{self.url.rstrip('/')}/repos/{quote(self.repository)}")["default_branch"])

    def pull(self, number: int) -> PullRequest:
        """A pull request."""
        return read_pull(self._call("GET", self._place(f"pulls/{number}")))

    def comments(self, issue: int) -> Iterator[Comment]:
        """All comments of an issue or a pull request, oldest first."""
        for found in self._pages(self._place(f"issues/{issue}/comments")):
            yield Comment(number=int(found["id"]), author=_author(found), body=str(found.get("body") or ""))

    def add_comment(self, issue: int, body: str) -> str:
        """Write a comment; its address."""
        return str(self._call("POST", self._place(f"issues/{issue}/comments"), {"body": body})["html_url"])

    def change_comment(self, number: int, body: str) -> str:
        """Write a comment anew; its address."""
        return str(self._call("PATCH", self._place(f"issues/comments/{number}"), {"body": body})["html_url"])

    def reviews(self, pull: int) -> Iterator[Comment]:
        """All reviews of a pull request."""
        for found in self._pages(self._place(f"pulls/{pull}/reviews")):
            yield Comment(number=int(found["id"]), author=_author(found), body=str(found.get("body") or ""))

    def add_review(self, pull: int, sha: str, body: str, comments: list[dict[str, object]]) -> str:
        """Write a review with comments on lines of the commit; its address."""
        review = {"commit_id": sha, "event": "COMMENT", "body": body, "comments": comments}
        return str(self._call("POST", self._place(f"pulls/{pull}/reviews"), review)["html_url"])

    def add_blob(self, content_in_base64: str) -> str:
        """Store a file; its id."""
        blob = {"content": content_in_base64, "encoding": "base64"}
        return str(self._call("POST", self._place("git/blobs"), blob)["sha"])

    def add_tree(self, base: str, entries: list[dict[str, object]]) -> str:
        """Store a folder that is `base` with `entries` in place of its own; its id."""
        return str(self._call("POST", self._place("git/trees"), {"base_tree": base, "tree": entries})["sha"])

    def add_commit(self, message: str, tree: str, parent: str) -> str:
        """Store a commit; its id."""
        commit = {"message": message, "tree": tree, "parents": [parent]}
        return str(self._call("POST", self._place("git/commits"), commit)["sha"])

    def set_branch(self, branch: str, sha: str, *, signature: str) -> None:
        """Let the branch end at this commit. NotAllowedError when it is there, and the message of the commit that it ends at
        does not end with `signature`: that commit would be lost.
        """
        try:
            self._call("POST", self._place("git/refs"), {"ref": f"refs/heads/{branch}", "sha": sha})
        except NotAllowedError as error:
            if error.status != _UNPROCESSABLE:
                raise
            end = self._call("GET", self._place(f"git/ref/heads/{quote(branch)}"))["object"]["sha"]
            message = str(self._call("GET", self._place(f"git/commits/{quote(str(end))}"))["message"])
            if not message.rstrip().endswith(signature):
                raise NotAllowedError(f"the branch {branch} has commits of somebody else; delete it", 0) from error
            place = self._place(f"git/refs/heads/{quote(branch)}")
            self._call("PATCH", place, {"sha": sha, "force": True})

    def open_pulls(self, branch: str) -> Iterator[Mapping[str, Any]]:
        """Open pull requests from this branch of the repository."""
        owner = self.repository.partition("/")[0]
        query = f"?state=open&head={quote(f'{owner}:{branch}', safe='')}"
        yield from self._pages(self._place(f"pulls{query}"))

    def add_pull(self, *, title: str, body: str, head: str, base: str, draft: bool) -> str:
        """Open a pull request; its address."""
        pull = {"title": title, "body": body, "head": head, "base": base, "draft": draft}
        return str(self._call("POST", self._place("pulls"), pull)["html_url"])

    def change_pull(self, number: int, *, title: str, body: str) -> str:
        """Write a pull request's words anew; its address."""
        return str(self._call("PATCH", self._place(f"pulls/{number}"), {"title": title, "body": body})["html_url"])

    @property
    def _queries(self) -> str:
        """Where GraphQL is: beside the REST API, and at an Enterprise server beside its version."""
        return f"{self.url.rstrip('/').removesuffix('/v3')}/graphql"

    def _place(self, path: str) -> str:
        return f"{self.url.rstrip('/')}/repos/{quote(self.repository)}/{path}"

    def _pages(self, place: str) -> Iterator[Mapping[str, Any]]:
        following: str | None = f"{place}{'&' if '?' in place else '?'}per_page={_PAGE}"
        for _ in range(MOST_PAGES):
            if following is None:
                return
            answer = self._answer("GET", following)
            yield from answer.json()
            following = answer.links.get("next", {}).get("url")
            if following is not None and _origin(following) != _origin(self.url):
                raise NotAllowedError(f"the next page would be at {following}, which is not GitHub's", 0)

    def _call(self, method: str, url: str, body: Mapping[str, object] | None = None) -> Mapping[str, Any]:
        found = self._answer(method, url, body).json()
        if not isinstance(found, dict):
            raise NotAllowedError(f"GitHub answers {method} {url} with no object", 0)
        return found

    def _answer(self, method: str, url: str, body: Mapping[str, object] | None = None) -> httpx2.Response:
        """The answer, after pauses where GitHub asks for them; NotAllowedError for everything but success."""
        try:
            return persistently(
                lambda: self._attempt(method, url, body),
                attempts=ATTEMPTS,
                longest_wait_seconds=_LONGEST_WAIT_SECONDS,
                sleep=self.sleep,
            )
        except BusyError as error:
            raise NoAnswerError(f"GitHub gives no answer to {method} {urlsplit(url).path}: {error}") from error

    def _attempt(self, method: str, url: str, body: Mapping[str, object] | None) -> httpx2.Response:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.secret}",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "perfsmith",
        }
        away = urlsplit(self.url).hostname not in {"localhost", "127.0.0.1", "::1"}
        try:
            with httpx2.Client(timeout=30.0, trust_env=away, follow_redirects=False) as client:
                answer = client.request(method, url, headers=headers, json=body)
        except httpx2.TransportError as error:
            if self._reads(method, url) or isinstance(error, httpx2.ConnectError):
                raise BusyError(f"{type(error).__name__}: {error}") from None
            raise NoAnswerError(f"{type(error).__name__}: {error}") from None
        if answer.is_success:
            return answer
        raise self._refusal(answer, reads=self._reads(method, url))

    def _reads(self, method: str, url: str) -> bool:
        """Whether a request may be repeated, whatever became of it."""
        return method == "GET" or url == self._queries

    def _refusal(self, answer: httpx2.Response, *, reads: bool) -> Exception:
        status, said = answer.status_code, _said(answer)
        wait = _pause(answer, self.now())
        # A request that was refused for its rate was not carried out, and may be repeated whatever it is.
        if (status in _LIMITED and wait is not None) or (status >= _BROKEN and reads):
            return BusyError(f"status {status}: {said}", wait)
        request = answer.request
        told = f"GitHub refused {request.method} {request.url.path} ({status}): {said}"
        return NoAnswerError(told) if status >= _BROKEN else NotAllowedError(told, status)


def _pause(answer: httpx2.Response, now: float) -> float | None:
    """The seconds to wait that an answer asks for, when it is about the rate of requests."""
    after, left = answer.headers.get("retry-after", ""), answer.headers.get("x-ratelimit-remaining")
    if after.isascii() and after.isdigit():
        return float(after)
    reset = answer.headers.get("x-ratelimit-reset", "")
    if left == "0" and reset.isascii() and reset.isdigit():
        return max(1.0, float(reset) - now)
    return 60.0 if answer.status_code == 429 else None  # noqa: PLR2004 - too many requests, and no word on how long


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _author(found: Mapping[str, Any]) -> str:
    user = found.get("user")
    return str(user.get("login", "")) if isinstance(user, Mapping) else ""


def _said(answer: httpx2.Response) -> str:
    try:
        found = answer.json()
        details = "; ".join(str(each.get("message", "")) for each in found.get("errors", []) if isinstance(each, dict))
        return f"{found['message']} {details}".strip()[:500]
    except (ValueError, KeyError, TypeError, AttributeError):
        return answer.text[:200] or answer.reason_phrase
