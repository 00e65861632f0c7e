"""Where the configuration may be written, and which files are refused."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from tests.worker.problem.conftest import Write
from worker.problem.configuration import problem_of
from worker.problem.source_tree import MAX_BYTES


def test_two_places_are_refused(write: Write) -> None:
    tree = write({"pyproject.toml": "[tool.perfsmith]", "perfsmith.toml": ""})
    with pytest.raises(ConfigError, match="both exist; keep one"):
        problem_of(tree, repository="r", revision="v")


@pytest.mark.parametrize("text", ["tool = 3", "[tool]\nperfsmith = 3", "[[tool.perfsmith]]"])
def test_a_tool_table_of_another_type_is_absent_or_refused(write: Write, text: str) -> None:
    with pytest.raises(ConfigError, match=r"must be a table|no tests were found"):
        problem_of(write({"pyproject.toml": text}), repository="r", revision="v")


def test_an_enormous_file_is_refused(write: Write) -> None:
    tree = write({"pyproject.toml": "#" * (MAX_BYTES + 1)})
    with pytest.raises(ConfigError, match=r"pyproject\.toml is larger than"):
        problem_of(tree, repository="r", revision="v")


def test_a_link_that_leads_out_of_the_repository_is_not_followed(write: Write, tmp_path: Path) -> None:
    tree = write({"counter.py": ""})
    (tmp_path / "secret.toml").write_text("password = 'hunter2'")
    (tree / "perfsmith.toml").symlink_to(tmp_path / "secret.toml")
    with pytest.raises(ConfigError, match="leads out of the repository") as caught:
        problem_of(tree, repository="r", revision="v")
    assert "hunter2" not in str(caught.value)


def test_a_link_within_the_repository_is_followed(write: Write) -> None:
    tree = write({"counter.py": "", "ci/perf.toml": "tests = 't'\nworkload = 'w'"})
    (tree / "perfsmith.toml").symlink_to("ci/perf.toml")
    assert problem_of(tree, repository="r", revision="v").tests == "t"


@pytest.mark.parametrize("target", ["perfsmith.toml", "missing", "."])
def test_a_link_to_nothing_useful_is_refused(write: Write, target: str) -> None:
    tree = write({"counter.py": ""})
    (tree / "perfsmith.toml").symlink_to(target)
    with pytest.raises(ConfigError, match=r"^perfsmith\.toml "):
        problem_of(tree, repository="r", revision="v")


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(write: Write) -> None:
    tree = write({"counter.py": ""})
    (tree / "perfsmith.toml").write_bytes(b"tests = 'a'\n# caf\xe9\n")
    with pytest.raises(ConfigError, match=r"not UTF-8 \(at line 2\)"):
        problem_of(tree, repository="r", revision="v")


def test_a_missing_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no folder"):
        problem_of(tmp_path / "nowhere", repository="r", revision="v")
