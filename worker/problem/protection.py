"""What no candidate may edit, whatever the editable globs say: tests, the workload itself, configuration.

Written as gitignore patterns that end a problem's editable globs, so that whoever matches them gets this too.
"""

import posixpath
import re
import shlex
from collections.abc import Iterator, Sequence

from core.problem import WorkloadKind, WorkloadSpec
from worker.problem.finders.workloads import asv_folder
from worker.problem.source_tree import SourceTree

ALWAYS = (
    "!**/tests/**", "!**/test/**", "!test_*.py", "!*_test.py", "!tests.py", "!conftest.py",
    "!perfsmith.toml", "!pyproject.toml", "!/setup.py", "!/setup.cfg", "!tox.ini", "!pytest.ini", "!asv.conf.json",
    # Python imports these by itself when it starts.
    "!sitecustomize.py", "!usercustomize.py",
)  # fmt: skip


def protected(tree: SourceTree, globs: Sequence[str], tests: str, workloads: Sequence[WorkloadSpec]) -> tuple[str, ...]:
    """Patterns that take back what `globs` must not give: ALWAYS, and what the lines of the tests and workloads name.

    A file that a line names stays editable where `globs` name exactly that file: a script may be its own workload.
    """
    exempt = {glob.removeprefix("/") for glob in globs}
    named = dict.fromkeys((*_of_line(tree, tests), *(path for spec in workloads for path in _of_workload(tree, spec))))
    return (*(f"!{_literal(path)}" for path in named if path not in exempt), *ALWAYS)


def named_in(tests: str, workloads: Sequence[WorkloadSpec]) -> frozenset[str]:
    """What could be a path in the lines of the tests and the workloads, whether it is there or not."""
    words = [word for line in (tests, *(spec.target for spec in workloads)) for word in words_of(line)]
    parts = {part for word in words for part in (word, word.partition("=")[2], word.partition("::")[0])}
    return frozenset(posixpath.normpath(part) for part in parts if part)


def _literal(path: str) -> str:
    """The pattern of exactly this file, or of everything in this folder when `path` ends with a slash."""
    escaped = re.sub(r"([\\*?\[\]!# ])", r"\\\1", path)
    return f"/{escaped}**" if path.endswith("/") else f"/{escaped}"


def _of_workload(tree: SourceTree, spec: WorkloadSpec) -> Iterator[str]:
    if spec.kind is WorkloadKind.PYTEST_BENCHMARK:
        for node in words_of(spec.target):
            yield from _existing(tree, node.partition("::")[0])
    elif spec.kind is WorkloadKind.CALLABLE:
        yield from _of_module(tree, spec.target.partition(":")[0])
    elif spec.kind is WorkloadKind.ASV:
        yield from _existing(tree, asv_folder(tree))
    else:
        yield from _of_line(tree, spec.target)


def _of_line(tree: SourceTree, line: str) -> Iterator[str]:
    words = words_of(line)
    for before, word in zip(("", *words), words, strict=False):
        if before == "-m":
            yield from _of_module(tree, word)
        for part in (word, word.partition("=")[2]):
            yield from _existing(tree, part)


def words_of(line: str) -> list[str]:
    """The words of a shell line, as far as they can be told without a shell."""
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def _existing(tree: SourceTree, word: str) -> Iterator[str]:
    """The file that `word` names, or the folder unless it holds packages: a folder of code is no test by its name."""
    path = posixpath.normpath(word) if word else ""
    if path in tree.files:
        yield path
    elif path and (inside := tree.below(path)) and not any(file.endswith("/__init__.py") for file in inside):
        yield f"{path}/"


def _of_module(tree: SourceTree, name: str) -> Iterator[str]:
    path = name.replace(".", "/")
    for folder in ("", "src/"):
        for ending in (".py", "/__init__.py", "/__main__.py"):
            if f"{folder}{path}{ending}" in tree.files:
                yield f"{folder}{path}{ending}"
