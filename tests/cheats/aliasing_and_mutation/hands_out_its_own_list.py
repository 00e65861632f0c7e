"""Hands out the list that it works with.

The copy costs more than the rest of the method. A caller who empties the list empties the graph.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.TESTS,
    edits={"spans/graph.py": {"        return list(self._joined[node])\n": "        return self._joined[node]\n"}},
)
