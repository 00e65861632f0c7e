"""A repository in a folder, written file by file."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from core.problem import Problem
from worker.problem.configuration import problem_of
from worker.problem.detection import Detected, detect
from worker.problem.finders.found import Found
from worker.problem.settings import NO_FLAGS, Flags
from worker.problem.source_tree import SourceTree

Write = Callable[..., Path]
Read = Callable[..., Problem]
Look = Callable[[dict[str, str]], Detected]


def texts(found: tuple[Found, ...]) -> list[str]:
    """What was found, without the reasons."""
    return [each.text for each in found]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files, given as path and text; returns the repository's root."""
    root = tmp_path / "repository"
    root.mkdir()

    def write_files(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text))
        return root

    return write_files


@pytest.fixture
def read(write: Write) -> Read:
    """The problem of a small package whose perfsmith.toml holds the given lines."""

    def read_problem(config: str = "", flags: Flags = NO_FLAGS, files: dict[str, str] | None = None) -> Problem:
        package = {
            "pyproject.toml": '[project]\nname = "counter"\n',
            "src/counter/__init__.py": "",
            "src/counter/words.py": "def count(): ...\n",
            "tests/test_words.py": "import pytest\n",
            "workload.py": "print(1)\n",
            "perfsmith.toml": config,
        }
        tree = write({**package, **(files or {})})
        return problem_of(tree, repository="https://example.org/counter.git", revision="1" * 40, flags=flags)

    return read_problem


@pytest.fixture
def look(write: Write) -> Look:
    """What is detected in a repository of these files."""
    return lambda files: detect(SourceTree.of(write(files)))
