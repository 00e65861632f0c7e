"""How tests are found."""

import pytest

from tests.worker.problem.conftest import Look, texts


def line_of_tests(look: Look, files: dict[str, str]) -> str:
    tests = look(files).tests
    return tests.text.removeprefix("python -m pytest -q -p no:cacheprovider") if tests else "none"


def test_a_folder_of_tests_is_given_to_pytest(look: Look) -> None:
    assert line_of_tests(look, {"tests/test_a.py": "", "docs/test_b.py": ""}) == " tests"


def test_the_folder_may_be_called_test(look: Look) -> None:
    assert line_of_tests(look, {"test/test_a.py": ""}) == " test"


def test_configured_paths_are_left_to_pytest(look: Look) -> None:
    files = {"pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['tests']", "tests/test_a.py": ""}
    assert line_of_tests(look, files) == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [("pytest.ini", ""), ("tox.ini", "[pytest]"), ("setup.cfg", "[tool:pytest]"), ("a/conftest.py", "")],
)
def test_pytest_may_be_configured_outside_pyproject(look: Look, name: str, text: str) -> None:
    tests = look({name: text}).tests
    assert tests is not None
    assert tests.why == f"pytest is configured in {name}"


def test_tests_within_the_package_are_given_by_their_folder(look: Look) -> None:
    assert line_of_tests(look, {"src/a b/tests/test_a.py": "", "src/a b/c/b_test.py": ""}) == " 'src/a b'"


def test_tests_at_the_root_need_no_path(look: Look) -> None:
    assert line_of_tests(look, {"test_a.py": "", "a.py": ""}) == ""


def test_benchmarks_are_no_tests(look: Look) -> None:
    assert line_of_tests(look, {"benchmarks/test_a.py": ""}) == "none"


def test_unittest_serves_where_pytest_finds_nothing(look: Look) -> None:
    files = {"checks/testing it.py": "import unittest\n"}
    assert line_of_tests(look, files) == "python -m unittest discover -s checks -p 'testing it.py'"


def test_benchmarks_among_the_tests_are_not_calibrated(look: Look) -> None:
    found = look({"tests/test_speed.py": "def test_a(benchmark): ..."})
    assert found.tests is not None
    assert found.tests.text.endswith(" tests --benchmark-disable")
    assert texts(found.setup) == ["python -m pip install pytest pytest-benchmark"]
