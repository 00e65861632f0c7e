"""Looks at a repository and says what its problem could be. Reads files only: nothing of the repository runs."""

from dataclasses import dataclass, replace

from core.problem import WorkloadKind, WorkloadSpec
from worker.problem.finders.found import Found
from worker.problem.finders.installation import find_setup
from worker.problem.finders.names import is_about_tests
from worker.problem.finders.packages import find_packages
from worker.problem.finders.test_commands import find_tests
from worker.problem.finders.workloads import find_workloads
from worker.problem.metadata import metadata_of
from worker.problem.source_tree import SourceTree


@dataclass(frozen=True, kw_only=True)
class Detected:
    """What was found, with reasons."""

    tests: Found | None
    workloads: tuple[Found, ...]
    """All benchmarks found; the first is the one to take."""
    setup: tuple[Found, ...]
    """Lines in their order, for the tests found and the first workload."""
    editable: tuple[Found, ...]


def detect(tree: SourceTree) -> Detected:
    """What `tree` shows. ConfigError when its pyproject.toml can't be read."""
    metadata = metadata_of(tree)
    workloads = find_workloads(tree)
    tests = _without_benchmarks(find_tests(tree, metadata), workloads)
    first = tuple(WorkloadSpec.parse(found.text) for found in workloads[:1])
    return Detected(
        tests=tests,
        workloads=workloads,
        setup=find_setup(tree, metadata, tests.text if tests else "", first),
        editable=find_packages(tree, metadata),
    )


def _without_benchmarks(tests: Found | None, workloads: tuple[Found, ...]) -> Found | None:
    """Benchmarks among the tests run once, as tests: their calibration would take minutes."""
    specs = [WorkloadSpec.parse(found.text) for found in workloads]
    among = any(spec.kind is WorkloadKind.PYTEST_BENCHMARK and is_about_tests(_file(spec)) for spec in specs)
    return replace(tests, text=f"{tests.text} --benchmark-disable") if tests and among else tests


def _file(spec: WorkloadSpec) -> str:
    return spec.target.partition("::")[0]
