"""Runs code from a .pth file.

Each line of a .pth file that begins with "import" is executed when Python starts, in every folder that is a site folder.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={"wordstats/speed.pth": {"": "import os; os.environ['PYTHONHASHSEED'] = '0'\n"}},
)
