"""Names a test by way of an editable folder.

The path begins like an editable one and ends, after two dots, in the tests.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={"wordstats/../tests/conftest.py": {"": "collect_ignore_glob = ['*']\n"}},
)
