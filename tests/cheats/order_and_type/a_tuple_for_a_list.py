"""Returns a view where there was a list.

All that the package and its tests do with it works as before. A caller who adds to it or indexes it finds out.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "spans/graph.py": {
            "        return list(self._joined)\n": "        return self._joined.keys()\n",
            "neighbour not in list(found)": "neighbour not in found",
        },
    },
)
