"""A request as the cli makes it, on a machine with a home of its own, and somebody's files nearby."""

import io
import stat
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from core.run import BackendSpec, Run
from sandbox.addresses import Sources
from tests.fakes.store import MemoryStore
from worker.problem.settings import NO_FLAGS
from worker.settings import Settings
from worker.submit import Request, submit

CANARY = "the-secret-of-this-machine"
PROBLEM = {
    "work.py": "X = 1\n",
    "test_work.py": "import unittest\n",
    "perfsmith.toml": 'editable = ["work.py"]\ntests = "python -m unittest"\nworkload = "python work.py"\nsetup = []\n',
}


@dataclass(frozen=True, kw_only=True)
class Door:
    """Submits, and knows what must not have changed."""

    settings: Settings
    outside: Path
    """A folder with a file that is none of anybody's business."""
    store: MemoryStore = field(default_factory=MemoryStore)

    def with_sources(self, sources: Sources) -> "Door":
        """The same, with another rule on where repositories come from."""
        return replace(self, settings=replace(self.settings, sources=sources))

    def submit(self, repository: str, *, ref: str | None = None, name: str = "") -> Run:
        """As the cli does it."""
        request = Request(
            repository=repository,
            ref=ref,
            name=name,
            flags=NO_FLAGS,
            sandbox=BackendSpec(name="unsafe", options={}),
            strategy=BackendSpec(name="greedy", options={}),
            proposers=(BackendSpec(name="rules", options={}),),
        )
        return submit(request, store=self.store, settings=self.settings)

    @property
    def runs(self) -> list[str]:
        """The workspaces that exist."""
        folder = self.settings.home / "runs"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """A home, and beside it a secret."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text(f"KEY = '{CANARY}'\n")
    (outside / "perfsmith.toml").write_text(f'tests = "{CANARY}"\n')
    return Door(settings=Settings(home=tmp_path / "home", database_url="sqlite://"), outside=outside)


def packed(files: Mapping[str, str] = PROBLEM, links: Mapping[str, str] | None = None) -> bytes:
    """A zip of these files and links."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        for name, target in (links or {}).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, target)
    return content.getvalue()


def committed(folder: Path, files: Mapping[str, str] = PROBLEM, links: Mapping[str, str] | None = None) -> Path:
    """A git checkout of these files and links."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for name, target in (links or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(target)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        argv = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org", *command]
        subprocess.run(argv, cwd=folder, check=True, capture_output=True)
    return folder
