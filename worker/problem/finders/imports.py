"""Finds what test files import of the libraries that are made for tests. Files are searched, never imported."""

import re

from worker.problem.finders.names import is_about_tests
from worker.problem.source_tree import SourceTree

TEST_LIBRARIES = frozenset({
    "faker", "freezegun", "hypothesis", "mock", "parameterized", "pretend", "pytest", "responses", "syrupy",
    "testfixtures",
})  # fmt: skip
"""Import names, and distributions, of libraries that often go unlisted; any other name might be anything."""

_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+(\w+)", re.MULTILINE)


def imported_by_tests(tree: SourceTree) -> set[str]:
    """Those of TEST_LIBRARIES that test files import."""
    texts = (tree.text(path) for path in tree.python_files if is_about_tests(path))
    return {name for text in texts for name in _IMPORT.findall(text)} & TEST_LIBRARIES
