"""Takes the next node from a deque, and asks the dictionary of distances itself."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="spans",
    gain=1.7,
    edits={
        "spans/graph.py": {
            "from collections.abc import Iterable\n": "from collections import deque\nfrom collections.abc import Iterable\n",
            "    waiting = [start]\n    while waiting:\n        node = waiting.pop(0)\n": "    waiting = deque([start])\n    while waiting:\n        node = waiting.popleft()\n",
            "            if neighbour not in list(found):\n": "            if neighbour not in found:\n",
        },
    },
)
