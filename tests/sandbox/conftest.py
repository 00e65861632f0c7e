"""One environment for each backend and session, and sandboxes on it. Limits are low, so that reaching them is quick."""

import functools
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.execution import Command, Environment, ExecResult, shell
from core.health import Health
from core.protocols import Sandbox, SandboxProvider
from sandbox.bubblewrap import Bubblewrap
from sandbox.docker import Docker
from sandbox.unsafe import Unsafe
from tests.sandbox.engine import BASE, engine_or_reason

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
MEMORY_BYTES = 1 << 30
FILE_BYTES = 1 << 26
PROCESSES = 200
DISK_BYTES = 1 << 28
MOST_FILES = 20_000
OUTPUT_BYTES = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A backend with an environment that it built."""

    provider: SandboxProvider
    environment: Environment
    scratch: Path
    tree: Path


def sh(sandbox: Sandbox, line: str, *, timeout_seconds: float = 30.0) -> ExecResult:
    return sandbox.run(shell(line, timeout_seconds=timeout_seconds))


def python(sandbox: Sandbox, code: str, *arguments: str, timeout_seconds: float = 60.0) -> ExecResult:
    argv = (sandbox.layout.python, "-c", code, *arguments)
    return sandbox.run(Command(argv=argv, timeout_seconds=timeout_seconds))


def write_tree(tree: Path) -> Path:
    for path, text in FILES.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)
    (tree / "link").symlink_to("README")
    (tree / "empty").mkdir()
    return tree


@pytest.fixture(scope="session")
def backends(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Prepared]:
    """The backend of a name with an environment; built when it is first asked for."""

    @functools.cache
    def prepared(name: str) -> Prepared:
        folder = tmp_path_factory.mktemp(name)
        tree, scratch = write_tree(folder / "tree"), folder / "scratch"
        (folder / "tool").mkdir()
        (folder / "tool" / "hello.txt").write_text("hello from the tool\n")
        provider = provider_of(name, folder)
        environment = provider.prepare(tree, SETUP, timeout_seconds=120)
        return Prepared(provider=provider, environment=environment, scratch=scratch, tree=tree)

    return prepared


def provider_of(name: str, folder: Path) -> SandboxProvider:
    tools, scratch = {"tool": folder / "tool"}, folder / "scratch"
    if name == "unsafe":
        return Unsafe(
            cache=folder / "cache",
            scratch=scratch,
            tools=tools,
            memory_bytes=MEMORY_BYTES,
            file_bytes=FILE_BYTES,
            output_bytes=OUTPUT_BYTES,
        )
    if name == "docker":
        return docker(folder)
    return Bubblewrap(
        cache=folder / "cache",
        scratch=scratch,
        tools=tools,
        memory_bytes=MEMORY_BYTES,
        file_bytes=FILE_BYTES,
        disk_bytes=DISK_BYTES,
        files=MOST_FILES,
        processes=PROCESSES,
        output_bytes=OUTPUT_BYTES,
    )


def docker(folder: Path) -> SandboxProvider:
    """Skips with what is missing where no engine is there."""
    reason = engine_or_reason()
    if reason:
        pytest.skip(reason)
    return Docker(
        cache=folder / "cache",
        scratch=folder / "scratch",
        tools={"tool": folder / "tool"},
        base=BASE,
        setup_network="host",
        memory_bytes=MEMORY_BYTES,
        file_bytes=FILE_BYTES,
        inodes=MOST_FILES,
        processes=PROCESSES,
        output_bytes=OUTPUT_BYTES,
    )


@pytest.fixture(scope="session", params=["bubblewrap", "docker", "unsafe"])
def prepared(request: pytest.FixtureRequest, backends: Callable[[str], Prepared]) -> Prepared:
    return backends(request.param)


@pytest.fixture(scope="module")
def sandbox(prepared: Prepared) -> Iterator[Sandbox]:
    """One for all tests of a file, as one serves all samples of a candidate: whatever a test leaves, the others see."""
    with prepared.provider.open(prepared.environment, {}) as opened:
        yield opened


@pytest.fixture
def walled(prepared: Prepared, sandbox: Sandbox) -> Sandbox:
    """A sandbox that isolates what runs in it."""
    if prepared.provider.name == "unsafe":
        pytest.skip("unsafe isolates nothing: commands are plain processes of the user")
    return sandbox


@pytest.fixture
def counted(prepared: Prepared, walled: Sandbox) -> Sandbox:
    """A sandbox whose processes the kernel counts and limits together."""
    for found in prepared.provider.examine():
        if found.subject == "memory of a tree" and found.health is not Health.GOOD:
            pytest.skip(found.detail)
    return walled


@pytest.fixture
def isolated(backends: Callable[[str], Prepared]) -> Prepared:
    """Bubblewrap with an environment."""
    return backends("bubblewrap")


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
