"""Writes code that reads differently than it runs.

An encoding cookie makes Python decode the file with another codec than whoever reads the patch. In UTF-7 a harmless
comment is a line end and a statement.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={
        "wordstats/counting.py": {
            '"""Counts words."""': '# -*- coding: utf-7 -*-\n"""Counts words."""\n# fast +AAo-import os',
        },
    },
)
