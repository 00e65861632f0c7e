"""Finds how a repository's tests are run."""

import posixpath
import re
import shlex
from pathlib import PurePosixPath

from worker.problem.finders.found import Found
from worker.problem.finders.names import TEST_FOLDERS, is_test_file
from worker.problem.metadata import Metadata
from worker.problem.source_tree import SourceTree

_PYTEST = "python -m pytest -q -p no:cacheprovider"
_UNITTEST = re.compile(r"^\s*(import|from) unittest\b", re.MULTILINE)


def find_tests(tree: SourceTree, metadata: Metadata) -> Found | None:
    """The command that runs the tests; None when there are none that pytest or unittest would find."""
    configured = _pytest_configuration(tree, metadata)
    files = [path for path in tree.python_files if is_test_file(path)]
    if configured or files:
        place = _place(files)
        tables = (("tool", "pytest", "ini_options"), ("tool", "pytest"))
        stated = any(metadata.texts(*table, "testpaths") for table in tables)
        paths = "" if stated or not place else f" {shlex.quote(place)}"
        return Found(text=_PYTEST + paths, why=_why(configured, files, place))
    return _unittest(tree)


def _why(configured: str, files: list[str], place: str) -> str:
    number = f"{len(files)} test file{'' if len(files) == 1 else 's'}"
    seen = f"{number}{f' in {place}' if place else ''}" if files else ""
    return ", ".join(filter(None, (f"pytest is configured in {configured}" if configured else "", seen)))


def _pytest_configuration(tree: SourceTree, metadata: Metadata) -> str:
    """The file that configures pytest; empty without one."""
    if metadata.table("tool", "pytest"):
        return "pyproject.toml"
    if "tool:pytest" in metadata.setup_cfg:
        return "setup.cfg"
    if "pytest.ini" in tree.files:
        return "pytest.ini"
    if re.search(r"^\[pytest\]", tree.text("tox.ini"), re.MULTILINE):
        return "tox.ini"
    return next((path for path in tree.python_files if PurePosixPath(path).name == "conftest.py"), "")


def _place(files: list[str]) -> str:
    """The folder to hand to pytest: the root's own folder of tests, else the lowest that holds them all."""
    tops = {path.partition("/")[0] for path in files}
    own = [folder for folder in TEST_FOLDERS if folder in tops]
    if own or not files:
        return own[0] if own else ""
    return posixpath.commonpath([posixpath.dirname(path) for path in files])


def _unittest(tree: SourceTree) -> Found | None:
    """The discovery of unittest, for test files that pytest's naming misses."""
    for path in tree.python_files:
        parts = PurePosixPath(path)
        if "test" in parts.stem and _UNITTEST.search(tree.text(path)):
            folder = shlex.quote(str(parts.parent))
            line = f"python -m unittest discover -s {folder} -p {shlex.quote(parts.name)}"
            return Found(text=line, why=f"{path} imports unittest")
    return None
