"""The door to the container engine in docker-compose.yml: what the sandbox docker asks for passes, and nothing else."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from requests import PreparedRequest, Response, Session

from core.execution import Ending, shell
from sandbox.docker import Docker
from tests.deploy.composition import services
from tests.sandbox.engine import BASE, engine_or_reason


def let_through(method: str, path: str) -> bool:
    """As the door decides: by the pattern of the method, which must fit the whole path."""
    flags = [word.removeprefix("-allow").partition("=") for word in services()["engine"].command if "=" in word]
    patterns = {name: pattern for name, _, pattern in flags if name.isupper()}
    return method in patterns and re.fullmatch(patterns[method], path) is not None


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """The requests to the engine, each as its method and its path without the ids."""
    seen: set[tuple[str, str]] = set()
    send = Session.send

    def checked(self: Session, request: PreparedRequest, **options: Any) -> Response:
        method, path = str(request.method), request.path_url.partition("?")[0].replace("%3A", ":")
        assert let_through(method, path), f"{method} {path} would be refused"
        seen.add((method, re.sub(r"(sha256:)?[0-9a-f]{64}|/v1[.][0-9]+", "", path)))
        return send(self, request, **options)

    monkeypatch.setattr(Session, "send", checked)
    return seen


def test_all_that_the_sandbox_does_with_an_engine_passes_the_door(asked: set[tuple[str, str]], tmp_path: Path) -> None:
    reason = engine_or_reason()
    if reason:
        pytest.skip(reason)
    (tmp_path / "tree").mkdir()
    provider = Docker(
        cache=tmp_path / "cache", scratch=tmp_path / "scratch", tools={}, base=BASE, setup_network="none", run="door"
    )
    # An engine that knows the environment from an earlier test would have nothing to build.
    setup = [f"echo it > built.txt  # {uuid4()}"]
    environment = provider.prepare(tmp_path / "tree", setup, timeout_seconds=120)
    with provider.open(environment, {}) as sandbox:
        assert sandbox.run(shell("cat built.txt", timeout_seconds=30)).stdout.text == "it\n"
        # The container is lost, and the engine is asked what it remembers of that.
        assert sandbox.run(shell("kill -9 -1; exit 3", timeout_seconds=30)).ending is not Ending.TIMED_OUT
    assert provider.examine()
    assert provider.images()
    assert {("POST", "/containers/create"), ("PUT", "/containers//archive"), ("POST", "/commit")} <= asked


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/volumes/create"),
        ("POST", "/v1.41/networks/create"),
        ("POST", "/images/create"),
        ("POST", "/containers/prune"),
        ("POST", "/containers/ab12/update"),
        ("POST", "/plugins/pull"),
        ("POST", "/swarm/init"),
        ("POST", "/session"),
        ("POST", "/auth"),
        ("GET", "/secrets"),
        ("GET", "/containers/ab12/logs"),
        ("GET", "/containers/ab12/archive"),
        ("GET", "/v1.41/system/df"),
        ("PUT", "/containers/ab12/json"),
        ("DELETE", "/volumes/postgres"),
        ("HEAD", "/containers/ab12/archive"),
    ],
)
def test_the_door_stays_shut_for_everything_else(method: str, path: str) -> None:
    assert not let_through(method, path)


def test_what_builds_the_base_image_and_what_prunes_others_passes_the_door() -> None:
    assert let_through("POST", "/v1.41/build")
    assert let_through("DELETE", f"/v1.41/images/sha256:{'ab' * 32}")
    assert let_through("GET", "/v1.41/images/perfsmith-base/json")
