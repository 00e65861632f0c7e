"""A repository on loopback with a pull request, and a checkout of it as actions/checkout lays it out."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import patch as patches
from tests.fakes.example import STRANGE
from tests.story.conftest import WORK

NUMBER = 7
OTHER = "def nothing():\n    return None\n"
BASE = {
    "src/work.py": WORK,
    "src/other.py": OTHER,
    "workload.py": (
        "import inspect, re, sys\nsys.path.insert(0, 'src')\nimport work\n\n"
        "print(work.total(range(100)))\n"
        "print(re.search(r'range\\((\\d+)\\)', inspect.getsource(work.total))[1])\n"
    ),
    "test_work.py": (
        "import sys, unittest\nsys.path.insert(0, 'src')\nfrom work import total\n\n\nclass Total(unittest.TestCase):\n"
        "    def test_squares_add_up(self):\n        self.assertEqual(total([1, 2, 3]), 14)\n"
    ),
    "perfsmith.toml": (
        'editable = ["src/**/*.py"]\ntests = "python -m unittest -q"\nworkload = "python workload.py"\nsetup = []\n'
        'objective = "reported"\ngeneralise = "show"\nguards = { wall = false, cpu = false, memory = false }\n'
    ),
}
"""What it costs stands in the source, so that a verdict takes few and short samples."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The repository as GitHub has it."""

    folder: Path
    base: str
    head: str
    merge: str

    def checkout(self, into: Path, sha: str, *, ref: str = "refs/remotes/pull/7/merge", depth: int = 1) -> Path:
        """As actions/checkout does it: one commit, detached, and an origin to fetch from."""
        into.mkdir()
        _git(into, "init", "-q")
        _git(into, "remote", "add", "origin", self.folder.as_uri())
        _git(into, "fetch", "-q", "--no-tags", f"--depth={depth}", "origin", f"+{sha}:{ref}")
        _git(into, "checkout", "-q", "--detach", ref)
        return into

    def pull(self, *, labels: tuple[str, ...] = (), is_fork: bool = False) -> dict[str, Any]:
        """The pull request, as events and the API have it."""
        theirs = {"full_name": "stranger/tally" if is_fork else "team/tally"}
        return {
            "number": NUMBER,
            "title": "$(touch /tmp/pwned) @everyone `x`",
            "labels": [{"name": label} for label in labels],
            "head": {"sha": self.head, "ref": "faster", "repo": theirs},
            "base": {"sha": self.base, "ref": "main", "repo": {"full_name": "team/tally"}},
        }

    def pull_event(self, *, action: str = "opened", **how: Any) -> dict[str, Any]:
        return {"action": action, "number": NUMBER, "pull_request": self.pull(**how)}

    def comment_event(self, body: str, *, by: str = "MEMBER", on_pull: bool = False) -> dict[str, Any]:
        issue: dict[str, Any] = {"number": NUMBER} | ({"pull_request": {"url": "x"}} if on_pull else {})
        return {"action": "created", "issue": issue, "comment": {"body": body, "author_association": by}}


def _git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main")
    argv = ["git", *identity, *arguments]
    return subprocess.run(argv, cwd=folder, check=True, env=os.environ | STRANGE, capture_output=True, text=True).stdout


def _committed(folder: Path, files: Mapping[str, str]) -> str:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "-m", "a change")
    return _git(folder, "rev-parse", "HEAD").strip()


def make_origin(folder: Path, *, before: Mapping[str, str], after: Mapping[str, str]) -> Origin:
    """A repository whose pull request turns `before` into `before` with `after` on top."""
    folder.mkdir()
    _git(folder, "init", "-q")
    base = _committed(folder, before)
    _git(folder, "checkout", "-q", "-b", "faster")
    head = _committed(folder, after)
    _git(folder, "checkout", "-q", "--detach", base)
    _git(folder, "merge", "-q", "--no-ff", "-m", "Merge", head)
    merge = _git(folder, "rev-parse", "HEAD").strip()
    _git(folder, "update-ref", f"refs/pull/{NUMBER}/merge", merge)
    _git(folder, "update-ref", f"refs/pull/{NUMBER}/head", head)
    _git(folder, "checkout", "-q", "main")
    return Origin(folder=folder, base=base, head=head, merge=merge)


def patch_of(path: str, before: str, after: str) -> str:
    return patches.diff({path: before}, {path: after})
