"""`perfsmith migrate`, and who leaves the tables to it."""

from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from core.errors import StoreError


def test_migrate_makes_the_tables_that_others_are_told_to_leave_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERFSMITH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PERFSMITH_UPGRADE_DATABASE", "0")
    refused = CliRunner().invoke(app, ["runs"])
    assert isinstance(refused.exception, StoreError)
    assert "perfsmith migrate" in str(refused.exception)

    database = tmp_path / "home" / "perfsmith.db"
    migrated = CliRunner().invoke(app, ["migrate"])
    assert migrated.output == f"{database}: the tables are those of perfsmith {version('perfsmith')}\n"
    assert CliRunner().invoke(app, ["runs"]).exit_code == 0
