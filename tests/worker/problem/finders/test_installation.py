"""How a repository and what its tests need are installed."""

from tests.worker.problem.conftest import Look, texts


def lines_of(look: Look, pyproject: str, files: dict[str, str] | None = None) -> list[str]:
    found = look({"pyproject.toml": pyproject, "tests/test_a.py": "", **(files or {})})
    return [line.removeprefix("python -m pip install ") for line in texts(found.setup)]


def test_an_extra_for_tests_comes_with_the_package(look: Look) -> None:
    text = "[project]\nname = 'a'\n[project.optional-dependencies]\ndev = ['pytest', 'ruff']\ntesting = ['PyTest>=8']"
    assert lines_of(look, text) == ["-e '.[testing]'"]


def test_an_extra_may_name_the_packages_other_extras(look: Look) -> None:
    text = """
        [project]
        name = "My_Package"
        [project.optional-dependencies]
        unit = ["pytest"]
        test = ["my.package[unit, test]"]
    """
    assert lines_of(look, text) == ["-e '.[test]'"]


def test_a_dependency_group_is_spelled_out_with_those_it_includes(look: Look) -> None:
    text = """
        [project]
        name = "a"
        [dependency-groups]
        Test = ["pytest>=8", {include-group = "type_s"}, {include-group = "test"}, 3, "--index-url=x"]
        type-s = ["mypy; python_version > '3'", {include-group = "test"}]
    """
    assert lines_of(look, text) == ["-e .", "'pytest>=8' 'mypy; python_version > '\"'\"'3'\"'\"''"]


def test_groups_that_include_each_other_a_thousandfold_end(look: Look) -> None:
    groups = "\n".join(f"g{n} = [{{include-group = 'g{n + 1}'}}, {{include-group = 'g{n + 1}'}}]" for n in range(60))
    text = f"[dependency-groups]\ntest = [{{include-group = 'g0'}}, 'pytest']\n{groups}"
    assert lines_of(look, text) == ["pytest"]


def test_groups_of_other_tools_count(look: Look) -> None:
    for text in (
        "[tool.poetry.group.test.dependencies]\npython = '3'\npytest = '^8'",
        "[tool.pdm.dev-dependencies]\ntest = ['pytest']",
        "[tool.hatch.envs.test]\ndependencies = ['pytest']",
    ):
        assert lines_of(look, f"[build-system]\n{text}") == ["-e .", "pytest"]


def test_requirements_files_for_tests_come_before_those_for_developers(look: Look) -> None:
    files = {"requirements/test.txt": "pytest==8", "requirements-dev.txt": "", "requirements.txt": ""}
    assert lines_of(look, "", files) == ["-r requirements/test.txt"]


def test_requirements_txt_is_the_last_resort_and_pytest_is_added(look: Look) -> None:
    assert lines_of(look, "", {"requirements.txt": "numpy\npytest-cov"}) == ["-r requirements.txt", "pytest"]


def test_extras_of_setup_cfg_count(look: Look) -> None:
    files = {"setup.py": "", "setup.cfg": "[options.extras_require]\ntest =\n  # why\n  pytest>3\n"}
    assert lines_of(look, "", files) == ["-e '.[test]'"]


def test_libraries_for_tests_that_nobody_lists_are_added(look: Look) -> None:
    text = "from hypothesis import given\nimport unheard_of\nimport os, pytest\n"
    assert lines_of(look, "", {"tests/test_b.py": text}) == ["hypothesis pytest"]


def test_setup_py_is_never_run(look: Look) -> None:
    assert lines_of(look, "", {"setup.py": "raise SystemExit('run')"}) == ["-e .", "pytest"]
