"""`perfsmith batch` as it is called: what it says and how it ends."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from core.errors import ConfigError


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERFSMITH_HOME", str(tmp_path / "home"))


def test_a_run_that_is_refused_is_a_result_and_ends_the_command_with_one(tmp_path: Path) -> None:
    file = tmp_path / "b.csv"
    file.write_text(f"name,repository\n\x1b[31mred,{tmp_path / 'nowhere'}\n")
    ended = CliRunner().invoke(app, ["batch", str(file)])

    assert ended.exit_code == 1
    assert "\x1b" not in ended.stderr
    assert "refused:" in ended.stderr
    assert f"0 of 1 good; results: {file}.results.jsonl" in ended.stderr
    assert Path(f"{file}.results.jsonl").is_file()


@pytest.mark.parametrize(
    "options", [["--output", "x.xls"], ["--server", "nowhere"], ["--server", "http://x", "--name", "a b"]]
)
def test_what_can_not_be_is_refused_before_anything_is_done(options: list[str], tmp_path: Path) -> None:
    file = tmp_path / "b.jsonl"
    file.write_text('{"repository": "x"}')
    ended = CliRunner().invoke(app, ["batch", str(file), *options])
    assert isinstance(ended.exception, ConfigError)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.jsonl"]
