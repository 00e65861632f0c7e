"""Adds a conftest.py that skips every test.

pytest imports it by itself. The tests end well, because none of them runs.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={
        "conftest.py": {
            "": """\
import pytest


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.skip(reason="slow"))
"""
        },
    },
)
