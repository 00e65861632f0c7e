"""The file that a user starts from."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from tests.worker.problem.conftest import Write
from worker.problem.configuration import problem_of
from worker.problem.settings import GUARDS, KEYS
from worker.problem.starter import starter_file

EXAMPLES = Path(__file__).parents[3] / "examples"
FILES = {
    "pyproject.toml": "[project]\nname = 'a'\n[dependency-groups]\ntest = ['pytest>=8', \"x; python_version>'3'\"]",
    "src/a/__init__.py": "",
    "tests/test_a.py": "def test_speed(benchmark): ...",
    "workload \"'.py": "",
    "bench.py": "",
}


def test_it_says_what_would_have_been_detected(write: Write) -> None:
    tree = write(FILES)
    detected = problem_of(tree, repository="r", revision="v")
    (tree / "perfsmith.toml").write_text(starter_file(tree))
    assert problem_of(tree, repository="r", revision="v") == detected


def test_every_option_in_it_is_valid_and_the_default(write: Write) -> None:
    tree = write(FILES)
    detected = problem_of(tree, repository="r", revision="v")
    text = starter_file(tree)
    keys = ("objective", "min_speedup", "timeout", "setup_timeout", "output", "generalise", "guards")
    for key in keys:
        assert f"\n# {key} = " in text
        text = text.replace(f"\n# {key} = ", f"\n{key} = ")
    (tree / "perfsmith.toml").write_text(text)
    assert problem_of(tree, repository="r", revision="v") == detected


def test_it_names_every_key_and_guard(write: Write) -> None:
    text = starter_file(write({}))
    assert [name for name in KEYS if f"{name} = " not in text] == []
    assert [name for name in GUARDS if f"{name} = " not in text] == []


def test_other_benchmarks_are_suggested(write: Write) -> None:
    text = starter_file(write(FILES))
    assert '\n# workload = "pytest-benchmark:tests/test_a.py::test_speed"\n# workload = "python bench.py"\n' in text


def test_only_so_many_are_suggested(write: Write) -> None:
    text = starter_file(write({f"bench_{n:02}.py": "" for n in range(20)}))
    assert text.count("# workload = ") == 10
    assert "\n# and 9 more\n" in text


def test_what_was_not_found_is_left_to_fill_in_by_the_example(write: Write) -> None:
    tree = write({"a.py": "", "check.py": ""})
    text = starter_file(tree)
    assert '# No tests were found: write how yours are run. For example:\n# tests = "' in text
    assert '\n# workload = "python workload.py"\n' in text
    (tree / "perfsmith.toml").write_text(text)
    with pytest.raises(ConfigError, match="no tests were found"):
        problem_of(tree, repository="r", revision="v")
    (tree / "perfsmith.toml").write_text(text.replace("# tests =", "tests =").replace("# workload =", "workload ="))
    assert problem_of(tree, repository="r", revision="v").editable[:2] == ("/a.py", "/check.py")


@pytest.mark.parametrize("name", ["perfsmith.toml", "pyproject.toml"])
def test_it_is_refused_where_there_is_a_configuration(write: Write, name: str) -> None:
    text = "[tool.perfsmith]\n" if name == "pyproject.toml" else ""
    with pytest.raises(ConfigError, match=rf"{name} configures this repository already"):
        starter_file(write({name: text}))


def test_the_bundled_example_is_configured() -> None:
    problem = problem_of(EXAMPLES / "wordcount", repository="wordcount", revision="v")
    assert str(problem.workloads[0]) == "python workload.py"
    assert problem.editable[:2] == ("src/wordcount/**/*.py", "!/workload.py")
