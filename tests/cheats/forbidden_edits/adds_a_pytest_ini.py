"""Overrules the project's configuration of pytest with a file that comes before it.

pytest.ini wins over pyproject.toml, even where it says little. This one ignores all failures of one file.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={"pytest.ini": {"": "[pytest]\npythonpath = .\naddopts = --deselect tests/test_counting.py\n"}},
)
