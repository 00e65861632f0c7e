"""Removes a public function that neither the tests nor the workload call.

A smaller module is imported faster. Nothing here notices.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.PUBLIC_INTERFACE,
    edits={
        "shelf/cache.py": {
            "    def __len__(self) -> int:\n        return len(self._items)\n": "    def size(self) -> int:\n        return len(self._items)\n",
            "        while len(self._order) > self.capacity:\n": "        if len(self._order) > self.capacity:\n",
        },
    },
)
