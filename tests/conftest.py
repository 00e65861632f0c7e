"""What holds for all tests: nothing is asserted about times, not by hypothesis either."""

from pathlib import Path

import pytest
from hypothesis import settings

from store.upgrade import upgrade

TIMED = (
    "story",
    "webui/test_browser.py",
    "cheats",
    "sandbox/test_ordinary_user.py",
    "worker/faults",
    "cli/test_action.py",
)
"""Tests that time samples, which only one process on a machine does at a time, or wait for others."""

settings.register_profile("perfsmith", deadline=None)
settings.load_profile("perfsmith")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is timed comes first, so that one process does it while another one does the rest and then takes from its end."""
    places = tuple(str(Path(__file__).parent / place) for place in TIMED)
    items.sort(key=lambda item: not str(item.path).startswith(places))


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables and nothing in them: to make them takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "perfsmith.db"
    upgrade(f"sqlite:///{path}")
    return path
