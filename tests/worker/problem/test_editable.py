"""Which files the globs of a configuration reach."""

import pytest
from pathspec import GitIgnoreSpec

from core.problem import Problem
from tests.worker.problem.conftest import Read


def can_edit(problem: Problem, path: str) -> bool:
    return GitIgnoreSpec.from_lines(problem.editable).match_file(path)


@pytest.mark.parametrize(
    "path",
    [
        "tests/test_words.py",
        "tests/data.py",
        "src/counter/tests/helper.py",
        "src/counter/test_words.py",
        "src/counter/words_test.py",
        "src/conftest.py",
        "workload.py",
        "pyproject.toml",
        "perfsmith.toml",
        "setup.py",
        "sitecustomize.py",
        "src/usercustomize.py",
    ],
)
def test_globs_never_reach_tests_workload_or_configuration(read: Read, path: str) -> None:
    problem = read("editable = ['*', '**/*', 'src/', 'tests/**']")
    assert can_edit(problem, "src/counter/words.py")
    assert not can_edit(problem, path)


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ("tests = 'python -m pytest checks'", "checks/check_words.py"),
        ("tests = 'python checks/run.py --all'", "checks/run.py"),
        ("workload = 'python -m counter.bench'", "src/counter/bench.py"),
        ("workload = 'cd . && PYTHONHASHSEED=0 python ./checks/run.py'", "checks/run.py"),
        ("workload = 'callable:counter.bench:main'", "src/counter/bench.py"),
        ("workload = 'pyperf:checks/run.py --size 3'", "checks/run.py"),
        ("workload = 'pytest-benchmark:checks/run.py::test_a'", "checks/run.py"),
        ("workload = 'asv:suite.time_a'", "asv_suite/suite.py"),
    ],
)
def test_what_the_lines_name_is_not_editable(read: Read, config: str, path: str) -> None:
    files = {
        "checks/check_words.py": "",
        "checks/run.py": "",
        "src/counter/bench.py": "",
        "asv.conf.json": '{\n  "benchmark_dir": "asv_suite",\n}',
        "asv_suite/suite.py": "def time_a(): ...",
    }
    problem = read(f"editable = '*'\n{config}", files=files)
    assert not can_edit(problem, path)
    assert can_edit(problem, "src/counter/words.py")


def test_a_script_may_be_its_own_workload_when_it_is_named_exactly(read: Read) -> None:
    assert can_edit(read("editable = 'workload.py'"), "workload.py")


def test_a_folder_of_packages_stays_editable_though_the_tests_name_it(read: Read) -> None:
    assert can_edit(read("tests = 'python -m pytest src'"), "src/counter/words.py")
