"""One environment for each backend and session, and sandboxes on it."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.execution import Environment
from core.protocols import Sandbox, SandboxProvider
from sandbox.bubblewrap import Bubblewrap
from sandbox.unsafe import Unsafe

SETUP = (
    "echo $PWD > project.pth && mv project.pth $VIRTUAL_ENV/lib/python3.*/site-packages/",
    "echo generated > built.txt",
)
FILES = {
    "pkg/__init__.py": "VALUE = 1\n",
    "pkg/deep/inner/data.txt": "data\n",
    "README": "read me\n",
    "grüße.txt": "hallo\n",
}


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A backend with an environment that it built."""

    provider: SandboxProvider
    environment: Environment
    scratch: Path
    tree: Path


def write_tree(tree: Path) -> Path:
    for path, text in FILES.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)
    (tree / "link").symlink_to("README")
    (tree / "empty").mkdir()
    return tree


@pytest.fixture(scope="session", params=["bubblewrap", "unsafe"])
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp(request.param)
    tree, tool, scratch = write_tree(folder / "tree"), folder / "tool", folder / "scratch"
    tool.mkdir()
    (tool / "hello.txt").write_text("hello from the tool\n")
    backend = Bubblewrap if request.param == "bubblewrap" else Unsafe
    provider = backend(cache=folder / "cache", scratch=scratch, tools={"tool": tool}, output_bytes=1 << 16)
    environment = provider.prepare(tree, SETUP, timeout_seconds=120)
    return Prepared(provider=provider, environment=environment, scratch=scratch, tree=tree)


@pytest.fixture
def isolated(prepared: Prepared) -> Prepared:
    if prepared.provider.name == "unsafe":
        pytest.skip("unsafe isolates nothing: commands are plain processes of the user")
    return prepared


@pytest.fixture
def sandbox(prepared: Prepared) -> Iterator[Sandbox]:
    with prepared.provider.open(prepared.environment, {}) as opened:
        yield opened


@pytest.fixture
def bubble(isolated: Prepared) -> Iterator[Sandbox]:
    with isolated.provider.open(isolated.environment, {}) as opened:
        yield opened


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    """A clean git checkout with two commits, a tag and a branch."""
    folder = tmp_path / "upstream"
    folder.mkdir()
    commit(folder, {"pkg/a.py": "A = 1\n"}, "first")
    run_git(folder, "tag", "v1")
    run_git(folder, "branch", "topic")
    commit(folder, {"pkg/a.py": "A = 2\n", "pkg/b.py": "B = 1\n", ".gitignore": "ignored\n"}, "second")
    return folder


def commit(folder: Path, files: dict[str, str], message: str) -> None:
    if not (folder / ".git").exists():
        run_git(folder, "init", "-q", "-b", "main")
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    run_git(folder, "add", "-A")
    run_git(folder, "commit", "-q", "-m", message)


def run_git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    argv = ["git", *identity, *arguments]
    return subprocess.run(argv, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """A file that must not come into being."""
    return tmp_path / "executed"
