"""GitHub on loopback: the calls that are used, over memory, with permissions, pages and limits of its own."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

BOT = "github-actions[bot]"
Answer = tuple[int, Any]


@dataclass(kw_only=True)
class State:
    """What the server knows; tests set it and look at it."""

    repository: str = "team/tally"
    another: str = "team/other"
    """Which has the same issues and pull requests."""
    url: str = ""
    page: int = 2
    may_write: bool = True
    may_make_pulls: bool = True
    has_drafts: bool = True
    has_users: bool = False
    """Whether the token is a person's; else it is an installation's."""
    installed: str = BOT
    """Whose installation that is."""
    viewer: str | None = None
    """What GraphQL calls it; None for the same."""
    has_graphql: bool = True
    busy: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Answers to give before any other: status and headers."""
    fails: tuple[str, int] = ("", 0)
    """How a request begins that is answered as by a broken server, and how often."""
    vanishing: bool = False
    """Whether comments are deleted just before they are to be changed."""
    requests: list[str] = field(default_factory=list)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    reviews: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    blobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    trees: dict[str, dict[str, Any]] = field(default_factory=dict)
    commits: dict[str, dict[str, Any]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    app_key: RSAKey | None = None
    """Of the App with the number 12."""

    def new_id(self) -> int:
        """A number that nothing has."""
        things = len(self.blobs) + len(self.trees) + len(self.commits) + len(self.pulls)
        return 100 + things + sum(len(told) for told in (*self.comments.values(), *self.reviews.values()))

    @property
    def me(self) -> str:
        if self.app_key is not None:
            return "our-app[bot]"
        return "a-person" if self.has_users else self.installed

    def told(self, issue: int) -> list[str]:
        """The comments of an issue."""
        return [comment["body"] for comment in self.comments.get(issue, [])]


def _refused(status: int, message: str) -> Answer:
    return status, {"message": message, "errors": [{"message": message}]}


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_PATCH(self) -> None:
        self._answer("PATCH")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        pass

    def _answer(self, method: str) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", "0"))) or "null")
        state = self.server.state
        state.requests.append(f"{method} {self.path}")
        if state.busy:
            status, headers = state.busy.pop(0)
            self._send(status, {"message": "slow down"}, headers)
            return
        begins, times = state.fails
        if times and state.requests[-1].startswith(begins):
            state.fails = (begins, times - 1)
            self._send(503, {"message": "broken"}, {})
            return
        path, _, query = self.path.partition("?")
        if path.startswith("/app"):
            self._send(*_of_app(state, self.headers["authorization"], path, body), {})
            return
        if self.headers["authorization"] != "Bearer the-token":
            self._send(*_refused(401, "Bad credentials"), {})
            return
        status, found = _routed(state, method, path, query, body)
        headers = {}
        if method == "GET" and isinstance(found, list):
            number = int(dict(part.split("=") for part in query.split("&")).get("page", "1"))
            if len(found) > number * state.page:
                rest = "&".join(part for part in query.split("&") if not part.startswith("page="))
                headers["link"] = f'<{state.url}{path}?{rest}&page={number + 1}>; rel="next"'
            found = found[(number - 1) * state.page : number * state.page]
        self._send(status, found, headers)

    def _send(self, status: int, found: Any, headers: dict[str, str]) -> None:
        content = json.dumps(found).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, state: State) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state = state


def _of_app(state: State, authorization: str, path: str, body: Any) -> Answer:
    """What an App may ask for as itself."""
    assert state.app_key is not None
    try:
        proof = jwt.decode(authorization.removeprefix("Bearer "), state.app_key, algorithms=["RS256"]).claims
    except JoseError:
        return _refused(401, "A JSON web token could not be decoded")
    assert proof["iss"] == "12"
    assert proof["iat"] <= time.time() < proof["exp"] <= proof["iat"] + 600
    if path == "/app":
        return 200, {"slug": "our-app"}
    if path != "/app/installations/5/access_tokens":
        return _refused(404, "Not Found")
    assert body["repositories"] in (["tally"], ["other"])
    assert set(body["permissions"]) == {"contents", "issues", "pull_requests"}
    return 201, {"token": "the-token"}


def _routed(state: State, method: str, path: str, query: str, body: Any) -> Answer:
    if (method, path) in {("GET", "/user"), ("POST", "/graphql")}:
        return _of_viewer(state, path, body)
    prefixes = (f"/repos/{name}/" for name in (state.repository, state.another))
    prefix = next((prefix for prefix in prefixes if f"{path}/".startswith(prefix)), None)
    if prefix is None:
        return _refused(404, "Not Found")
    if method != "GET" and not state.may_write:
        return _refused(403, "Resource not accessible by integration")
    if f"{path}/" == prefix:
        return 200, {"default_branch": "main"}
    for wanted, pattern, route in ROUTES:
        match = re.fullmatch(pattern, path.removeprefix(prefix))
        if match and wanted == method:
            return route(state, body, query, *match.groups())
    return _refused(404, "Not Found")


def _of_viewer(state: State, path: str, body: Any) -> Answer:
    """REST knows people; GraphQL knows all, and refuses with a status of success."""
    if path == "/user" and not state.has_users:
        return _refused(403, "Resource not accessible by integration")
    if path == "/user":
        return 200, {"login": state.me}
    assert body == {"query": "{ viewer { login } }"}
    if not state.has_graphql:
        return 200, {"data": None, "errors": [{"message": "Resource not accessible by integration"}]}
    return 200, {"data": {"viewer": {"login": state.viewer or state.me}}}


def _add_comment(state: State, body: Any, _: str, issue: str) -> Answer:
    number = state.new_id()
    comment = {"id": number, "user": {"login": state.me}, "body": body["body"], "html_url": f"https://gh/c/{number}"}
    state.comments.setdefault(int(issue), []).append(comment)
    return 201, comment


def _change_comment(state: State, body: Any, _: str, number: str) -> Answer:
    if state.vanishing:
        state.comments.clear()
    for comment in (each for all_of in state.comments.values() for each in all_of):
        if comment["id"] == int(number):
            comment["body"] = body["body"]
            return 200, comment
    return _refused(404, "Not Found")


def _add_review(state: State, body: Any, _: str, pull: str) -> Answer:
    review = {"id": state.new_id(), "user": {"login": state.me}, "html_url": f"https://gh/r/{pull}", **body}
    state.reviews.setdefault(int(pull), []).append(review)
    return 200, review


def _add_ref(state: State, body: Any, _: str) -> Answer:
    if body["ref"] in state.refs:
        return _refused(422, "Reference already exists")
    state.refs[body["ref"]] = body["sha"]
    return 201, {"ref": body["ref"]}


def _ref(state: State, _: Any, __: str, ref: str) -> Answer:
    sha = state.refs.get(f"refs/{ref}")
    return _known(sha and {"ref": f"refs/{ref}", "object": {"sha": sha}})


def _change_ref(state: State, body: Any, _: str, ref: str) -> Answer:
    assert body["force"] is True
    state.refs[f"refs/{ref}"] = body["sha"]
    return 200, {"ref": ref}


def _add_pull(state: State, body: Any, _: str) -> Answer:
    if not state.may_make_pulls:
        return _refused(403, "GitHub Actions is not permitted to create or approve pull requests.")
    if body["draft"] and not state.has_drafts:
        return _refused(422, "Draft pull requests are not supported in this repository.")
    number = state.new_id()
    made = {"number": number, "state": "open", "html_url": f"https://gh/pull/{number}", **body}
    state.pulls[number] = made | {"base": {"ref": body["base"]}, "head": {"ref": body["head"]}}
    return 201, state.pulls[number]


def _list_pulls(state: State, _: Any, query: str) -> Answer:
    head = re.search(r"head=team%3A([^&]*)", query)
    assert head
    wanted = head[1].replace("%2F", "/")
    return 200, [pull for pull in state.pulls.values() if pull["head"]["ref"] == wanted and pull["state"] == "open"]


def _keep(state: State, kind: str, body: Any) -> Answer:
    sha = f"{state.new_id():040x}"
    getattr(state, kind)[sha] = body
    return 201, {"sha": sha}


def _known(found: Any) -> Answer:
    return (200, found) if found else _refused(404, "Not Found")


Route = Callable[..., Answer]
ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", r"issues/(\d+)/comments", lambda state, _, __, issue: (200, state.comments.get(int(issue), []))),
    ("POST", r"issues/(\d+)/comments", _add_comment),
    ("PATCH", r"issues/comments/(\d+)", _change_comment),
    ("GET", r"pulls/(\d+)/reviews", lambda state, _, __, pull: (200, state.reviews.get(int(pull), []))),
    ("POST", r"pulls/(\d+)/reviews", _add_review),
    ("GET", r"pulls/(\d+)", lambda state, _, __, pull: _known(state.pulls.get(int(pull)))),
    ("PATCH", r"pulls/(\d+)", lambda state, body, _, pull: (200, state.pulls[int(pull)] | body)),
    ("GET", r"pulls", _list_pulls),
    ("POST", r"pulls", _add_pull),
    ("POST", r"git/blobs", lambda state, body, _: _keep(state, "blobs", body)),
    ("POST", r"git/trees", lambda state, body, _: _keep(state, "trees", body)),
    ("POST", r"git/commits", lambda state, body, _: _keep(state, "commits", body)),
    ("GET", r"git/commits/(\w+)", lambda state, _, __, sha: _known(state.commits.get(sha))),
    ("GET", r"git/ref/(heads/.+)", _ref),
    ("POST", r"git/refs", _add_ref),
    ("PATCH", r"git/refs/(heads/.+)", _change_ref),
)


@contextmanager
def github_on_loopback() -> Iterator[State]:
    """A GitHub with its repositories, and what it knows."""
    state = State()
    with _Server(state) as server:
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield state
        server.shutdown()
        thread.join()
