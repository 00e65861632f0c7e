"""Writes a protected name in other letters.

On a file system that does not tell ConfTest.py from conftest.py, the first is the second; a rule that compares names
letter by letter lets it through.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={"wordstats/ConfTest.py": {"": "collect_ignore_glob = ['*']\n"}},
)
