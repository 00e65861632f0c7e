"""A tiny git repository, and perfsmith as its users start it: a process of its own."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.example import commit_all
from tests.fakes.model_server import ModelServer

WORK = '''def total(numbers):
    """The sum of the squares of `numbers`."""
    result = 0
    for number in numbers:
        for _ in range(40):
            square = number * number
        result += square
    return result
'''
FILES = {
    "work.py": WORK,
    "workload.py": "from work import total\n\nprint(total(range(60_000)))\n",
    "test_work.py": (
        "import unittest\nfrom work import total\n\n\nclass Total(unittest.TestCase):\n"
        "    def test_squares_add_up(self):\n        self.assertEqual(total([1, 2, 3]), 14)\n"
    ),
    "perfsmith.toml": (
        'editable = ["work.py"]\ntests = "python -m unittest -q"\nworkload = "python workload.py"\nsetup = []\n'
    ),
}
COUNTED = {
    **FILES,
    "workload.py": (
        "import inspect, re, work\n\n"
        "print(work.total(range(100)))\n"
        "print(re.search(r'range\\((\\d+)\\)', inspect.getsource(work.total))[1])\n"
    ),
    "perfsmith.toml": (
        FILES["perfsmith.toml"]
        + 'objective = "reported"\ngeneralise = "show"\nguards = { wall = false, cpu = false, memory = false }\n'
    ),
}
"""What it costs stands in the source, so that a verdict takes few and short samples: for tests to which times are no matter."""
WORK_FASTER = WORK.replace("range(40)", "range(4)")
CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command of perfsmith ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> dict[str, Any]:
        """The object on standard output."""
        found: dict[str, Any] = json.loads(self.stdout)
        return found


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody with a home of their own who types commands in a folder."""

    home: Path
    folder: Path
    variables: Mapping[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the user's shell."""
        known = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "PERFSMITH_"))}
        return {**known, "PERFSMITH_HOME": str(self.home), "COLUMNS": "100", **self.variables}

    def argv(self, *arguments: str) -> list[str]:
        """The command line of a perfsmith command."""
        return [str(Path(sys.executable).parent / "perfsmith"), *arguments]

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start one command."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self.argv(*arguments), cwd=self.folder, env=self.environment, stdout=pipe, stderr=pipe, text=True
        )

    def perfsmith(self, *arguments: str) -> Ended:
        """Run one command to its end."""
        ended = subprocess.run(
            self.argv(*arguments), cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert f'File "{CHECKOUT}' not in ended.stderr, ended.stderr
        return Ended(status=ended.returncode, stdout=ended.stdout, stderr=ended.stderr)


def make_repository(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    """A git repository with one commit."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    commit_all(folder)
    return folder


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for all, so that the environment of the tiny repository is built once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The tiny repository: a workload of about 0.15 s whose inner loop does nothing useful."""
    return make_repository(tmp_path / "tiny")


@pytest.fixture
def user(home: Path, repository: Path) -> User:
    """A user in the tiny repository."""
    return User(home=home, folder=repository, variables={})


@pytest.fixture
def model() -> Iterator[ModelServer]:
    """A model server on loopback that plays a script."""
    with ModelServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
