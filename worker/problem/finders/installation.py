"""Finds how to install a repository and what its tests and benchmarks need."""

import re
import shlex
from collections.abc import Iterator, Sequence

from core.problem import WorkloadKind, WorkloadSpec
from worker.problem.finders.found import Found
from worker.problem.finders.imports import imported_by_tests
from worker.problem.finders.requirements import Extra, Group, RequirementsFile, Source, find_requirements
from worker.problem.metadata import Metadata
from worker.problem.source_tree import SourceTree

_INSTALL = "python -m pip install"
_RUNNERS = {WorkloadKind.PYTEST_BENCHMARK: "pytest", WorkloadKind.PYPERF: "pyperf"}


def find_setup(
    tree: SourceTree, metadata: Metadata, tests: str, workloads: Sequence[WorkloadSpec]
) -> tuple[Found, ...]:
    """The lines that install the repository, its tests' requirements, and what runs `tests` and `workloads`."""
    source = find_requirements(tree, metadata)
    return (*_package(metadata, source), *_requirements(source), *_missing(tree, tests, workloads, source))


def _package(metadata: Metadata, source: Source | None) -> Iterator[Found]:
    if not metadata.installable:
        return
    if isinstance(source, Extra):
        yield Found(text=f"{_INSTALL} -e '.[{source.name}]'", why=f"{metadata.installable}, with {source.why}")
    else:
        yield Found(text=f"{_INSTALL} -e .", why=f"{metadata.installable} makes it installable")


def _requirements(source: Source | None) -> Iterator[Found]:
    if isinstance(source, RequirementsFile):
        yield Found(text=f"{_INSTALL} -r {shlex.quote(source.path)}", why=source.why)
    elif isinstance(source, Group):
        yield Found(text=f"{_INSTALL} {shlex.join(source.requirements)}", why=source.why)


def _missing(tree: SourceTree, tests: str, workloads: Sequence[WorkloadSpec], source: Source | None) -> Iterator[Found]:
    """What runs the tests and workloads, and what the tests import, where no list of requirements names it."""
    wanted = {_RUNNERS[workload.kind] for workload in workloads if workload.kind in _RUNNERS}
    wanted |= imported_by_tests(tree)
    if re.search(r"\b(pytest|py\.test)\b", tests):
        wanted.add("pytest")
    if "--benchmark-" in tests:
        wanted.add("pytest-benchmark")
    missing = sorted(wanted - (source.names if source else frozenset()))
    if missing:
        yield Found(text=f"{_INSTALL} {shlex.join(missing)}", why="used, and no list of requirements names it")
