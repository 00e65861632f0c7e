"""Fetching from servers that lie, redirect, never end or serve bombs. All of them are here, on the loopback address."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.errors import ConfigError
from sandbox.addresses import Remote, Sources
from sandbox.extent import Limits
from sandbox.fetching import fetch_remote
from sandbox.git import Watch, git
from sandbox.repository import materialise

from .conftest import commit, run_git

HERE = Sources(schemes=("http", "file", "ssh"), private_addresses=True)


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        del format, args


class Away(BaseHTTPRequestHandler):
    """Redirects everything."""

    target = "/"

    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.target + self.path)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        del format, args


class Endless(Away):
    """Never comes to the end of its answer."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"\0" * 10)
                time.sleep(0.05)
        except OSError:
            return


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def served(upstream: Path) -> Iterator[int]:
    """The port at which the repository is served as plain files."""
    run_git(upstream, "update-server-info")
    yield from _serving(partial(Quiet, directory=str(upstream)))


def _serving(handler: "type[BaseHTTPRequestHandler] | partial[Quiet]") -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def away(served: int) -> Iterator[int]:
    """The port of a server that redirects to the one with the repository."""
    yield from _serving(type("AwayHere", (Away,), {"target": f"http://127.0.0.1:{served}"}))


@pytest.fixture
def endless() -> Iterator[int]:
    """The port of a server whose answers never end."""
    yield from _serving(Endless)


def empty(folder: Path) -> Path:
    folder.mkdir()
    git("init", "--quiet", "--template=", folder=folder).or_refuse("init")
    return folder


def test_a_repository_is_fetched_over_http_where_that_is_allowed(upstream: Path, served: int, tmp_path: Path) -> None:
    made = materialise(f"http://127.0.0.1:{served}/.git", "v1", tmp_path / "into", HERE)
    assert made.revision == run_git(upstream, "rev-parse", "v1")


def test_the_name_is_not_resolved_a_second_time(
    upstream: Path, served: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.addresses.is_public", lambda address: address == "127.0.0.1")
    remote = Remote(url=f"http://no-such.invalid:{served}/.git", scheme="http", host="no-such.invalid", port=served)
    sources = Sources(resolve=lambda *_: ["127.0.0.1"])
    assert fetch_remote(remote, "main", empty(tmp_path / "into"), sources) == run_git(upstream, "rev-parse", "main")


def test_ssh_is_given_the_address_and_knows_the_server_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/ssh").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nexit 255\n')
    (tmp_path / "bin/ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    with pytest.raises(ConfigError, match="can't be read"):
        materialise("git@repo.example:a/b.git", None, tmp_path / "into", Sources(resolve=lambda *_: ["93.184.215.14"]))
    asked = (tmp_path / "asked").read_text()
    assert "-o HostName=93.184.215.14 -o HostKeyAlias=repo.example" in asked
    assert "git@repo.example git-upload-pack" in asked


def test_a_redirect_is_not_followed(away: int, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"leads to another URL, which is not followed.*302"):
        materialise(f"http://127.0.0.1:{away}/.git", None, tmp_path / "into", HERE)
    assert not (tmp_path / "into").exists()


def test_a_server_can_not_send_git_to_another_protocol(upstream: Path, tmp_path: Path) -> None:
    answer = git("ls-remote", upstream.as_uri(), folder=tmp_path, protocol="https")
    assert not answer.succeeded
    assert "not allowed" in answer.complaint


def test_a_server_that_never_ends_is_left_in_time(endless: int, tmp_path: Path) -> None:
    sources = Sources(schemes=("http",), private_addresses=True, limits=Limits(seconds=0.5))
    with pytest.raises(ConfigError, match=r"longer than 0.5 s, the limit of PERFSMITH_SOURCE_SECONDS"):
        materialise(f"http://127.0.0.1:{endless}/.git", None, tmp_path / "into", sources)
    assert _running(f":{endless}/") == []


def _running(word: str) -> list[str]:
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    return [line.decode(errors="replace") for line in lines if word.encode() in line]


def test_a_repository_that_is_too_large_is_left_alone(upstream: Path, tmp_path: Path) -> None:
    (upstream / "noise").write_bytes(os.urandom(300_000))
    run_git(upstream, "add", "-A")
    run_git(upstream, "commit", "-q", "-m", "noise")
    for source in (str(upstream), upstream.as_uri()):
        with pytest.raises(ConfigError):
            materialise(source, None, tmp_path / "into", Sources(schemes=("file",), limits=Limits(size_bytes=200_000)))
        assert not (tmp_path / "into").exists()
    assert materialise(str(upstream), None, tmp_path / "into", Sources(limits=Limits(size_bytes=800_000))).tree.is_dir()


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(files=2), "more than 2 files, the limit of PERFSMITH_SOURCE_FILES"),
        (Limits(size_bytes=100_000), "larger than 100000 bytes, the limit of PERFSMITH_SOURCE_BYTES"),
    ],
)
def test_files_are_counted_before_there_are_any(upstream: Path, tmp_path: Path, limits: Limits, reason: str) -> None:
    commit(upstream, {"zeros": "0" * 200_000}, "compresses well")
    with pytest.raises(ConfigError, match=reason):
        materialise(str(upstream), None, tmp_path / "into", Sources(limits=limits))
    assert not (tmp_path / "into").exists()


def test_a_tree_that_holds_itself_many_times_is_refused(tmp_path: Path) -> None:
    bomb = empty(tmp_path / "bomb")
    blob = git("hash-object", "-w", "--stdin", folder=bomb, stdin=b"x").or_refuse("blob")
    content, kind = [f"100644 blob {blob}\tf{number}" for number in range(10)], "blob"
    for _ in range(9):
        tree = git("mktree", folder=bomb, stdin="\n".join(content).encode() + b"\n").or_refuse(kind)
        content = [f"040000 tree {tree}\td{number}" for number in range(10)]
    identity = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x", "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x"}
    argv = ["git", "commit-tree", "-m", "bomb", tree]
    made = subprocess.run(argv, cwd=bomb, env=os.environ | identity, check=True, capture_output=True, text=True)
    run_git(bomb, "update-ref", "HEAD", made.stdout.strip())
    with pytest.raises(ConfigError, match=r"can't be listed|more than 100000 files"):
        materialise(bomb.as_uri(), None, tmp_path / "into", HERE)


def test_submodules_stay_empty_folders_and_their_urls_are_not_asked(upstream: Path, tmp_path: Path) -> None:
    revision = run_git(upstream, "rev-parse", "HEAD")
    (upstream / ".gitmodules").write_text('[submodule "sub"]\n\tpath = sub\n\turl = ./elsewhere\n')
    run_git(upstream, "add", ".gitmodules")
    run_git(upstream, "update-index", "--add", "--cacheinfo", f"160000,{revision},sub")
    run_git(upstream, "commit", "-q", "-m", "submodule")
    tree = materialise(upstream.as_uri(), None, tmp_path / "into", HERE).tree
    assert list((tree / "sub").iterdir()) == []


@pytest.mark.parametrize("name", [".GIT", "git~1", ".git.", ".gi\u200ct"])
def test_a_tree_with_a_name_that_could_be_gits_is_refused(tmp_path: Path, name: str) -> None:
    evil = empty(tmp_path / "evil")
    commit(evil, {"a": "a"}, "plain")
    blob = run_git(evil, "rev-parse", "HEAD:a")
    inner = subprocess.run(
        ["git", "mktree"], cwd=evil, input=f"100644 blob {blob}\tconfig\n".encode(), check=True, capture_output=True
    )
    outer = subprocess.run(
        ["git", "mktree"],
        cwd=evil,
        input=f"040000 tree {inner.stdout.decode().strip()}\t{name}\n".encode(),
        check=True,
        capture_output=True,
    )
    made = run_git(evil, "commit-tree", "-m", "evil", outer.stdout.decode().strip())
    run_git(evil, "update-ref", "HEAD", made)
    with pytest.raises(ConfigError, match=r"could not be checked out|can't be (read|fetched)"):
        materialise(evil.as_uri(), None, tmp_path / "into", HERE)
    assert not (tmp_path / "into").exists()


def test_what_a_server_says_is_shown_without_control_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ssh").write_text("#!/bin/sh\nprintf '\\033[2Jgone\\007' >&2\nexit 1\n")
    (tmp_path / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(ConfigError, match="gone") as refusal:
        materialise("git@repo.example:a", None, tmp_path / "into", HERE)
    assert "\x1b" not in str(refusal.value)


def test_git_is_killed_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ssh").write_text(f"#!/bin/sh\ntrap '' TERM\necho $$ > {tmp_path}/pid\nexec sleep 300\n")
    (tmp_path / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    watch = Watch.over(tmp_path, Limits(seconds=0.5))
    answer = git("ls-remote", "ssh://repo.example/a", folder=tmp_path, protocol="ssh", watch=watch)
    assert not answer.succeeded
    state = Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"
