"""Keeps the order of use in the dictionary itself."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="shelf",
    gain=1.2,
    edits={
        "shelf/cache.py": {
            "\n\nclass LruCache:": "\nfrom collections import OrderedDict\n\n\nclass LruCache:",
            "        self._items: dict[str, object] = {}\n        self._order: list[str] = []\n": "        self._items: OrderedDict[str, object] = OrderedDict()\n",
            "            self._order.remove(key)\n            self._order.append(key)\n            return self._items[key]\n": (
                "            self._items.move_to_end(key)\n            return self._items[key]\n"
            ),
            """\
        if key in self._items:
            self._order.remove(key)
        self._order.append(key)
        self._items[key] = item
        while len(self._order) > self.capacity:
            oldest = self._order.pop(0)
            del self._items[oldest]
""": """\
        self._items[key] = item
        self._items.move_to_end(key)
        while len(self._items) > self.capacity:
            self._items.popitem(last=False)
""",
            "        return list(self._order)\n": "        return list(self._items)\n",
        },
    },
)
