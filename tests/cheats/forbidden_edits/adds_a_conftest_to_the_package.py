"""Hides a conftest.py where files may be edited.

The package's folder is editable as a whole, and pytest imports every conftest.py that it passes. Only a rule about the
name itself keeps it out.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={"wordstats/conftest.py": {"": "def pytest_collection_modifyitems(items):\n    items.clear()\n"}},
)
