"""Makes a matrix of the rows themselves.

A matrix that does not copy is made in no time, and changes when somebody changes a row.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.TESTS,
    edits={"numera/matrix.py": {"        self.rows = [list(row) for row in rows]\n": "        self.rows = rows\n"}},
)
