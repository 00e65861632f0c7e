"""A folder laid out like a sandbox."""

import sys
from pathlib import Path

import pytest

import profiler
from tests.profiler.fake_sandbox import FakeSandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> FakeSandbox:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tmp_path / "repo").mkdir()
    (tools / "profiler").symlink_to(Path(profiler.__path__[0]) / "harness")
    (tools / "site").symlink_to(Path(pytest.__file__).parent.parent)
    (tools / "bin").symlink_to(Path(sys.prefix) / "bin")
    return FakeSandbox(root=tmp_path)
