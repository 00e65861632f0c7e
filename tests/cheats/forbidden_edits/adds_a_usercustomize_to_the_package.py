"""Runs before everything else, from a folder that may be edited.

Where the package's folder is on the path, a usercustomize.py in it is imported when Python starts.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={"wordstats/usercustomize.py": {"": "import os\n\nos.environ['PYTHONOPTIMIZE'] = '2'\n"}},
)
