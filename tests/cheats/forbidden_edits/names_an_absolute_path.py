"""Writes into the environment instead of the repository.

The path is absolute and leads to where Python finds its packages, so that every later process is the candidate's.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={"/env/lib/python3.11/site-packages/fast.py": {"": "import os\n"}},
)
