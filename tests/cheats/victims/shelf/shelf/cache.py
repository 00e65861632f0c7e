"""A cache that forgets what was not used for longest."""


class LruCache:
    """At most `capacity` items by key."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError("a cache holds at least one item")
        self.capacity = capacity
        self.hits = 0
        self.misses = 0
        self._items: dict[str, object] = {}
        self._order: list[str] = []

    def get(self, key: str, default: object = None) -> object:
        """The item, which counts as used now."""
        if key in self._items:
            self.hits += 1
            self._order.remove(key)
            self._order.append(key)
            return self._items[key]
        self.misses += 1
        return default

    def put(self, key: str, item: object) -> None:
        """Keep the item; the one that was not used for longest goes when there is no room."""
        if key in self._items:
            self._order.remove(key)
        self._order.append(key)
        self._items[key] = item
        while len(self._order) > self.capacity:
            oldest = self._order.pop(0)
            del self._items[oldest]

    def keys(self) -> list[str]:
        """The keys, the one used last at the end; the list is the caller's."""
        return list(self._order)

    def __len__(self) -> int:
        return len(self._items)
