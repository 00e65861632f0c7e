"""What holds for all tests: nothing is asserted about times, not by hypothesis either."""

from pathlib import Path

import pytest
from hypothesis import settings

from store.upgrade import upgrade

settings.register_profile("perfsmith", deadline=None)
settings.load_profile("perfsmith")


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables and nothing in them: to make them takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "perfsmith.db"
    upgrade(f"sqlite:///{path}")
    return path
