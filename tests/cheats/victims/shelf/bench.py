"""What shelf is used for."""

from shelf.cache import LruCache
from shelf.queueing import batches, by_priority, checksum, fibonacci, labels
from shelf.registry import Registry


def numbers_of(count: int) -> list[int]:
    """The same ones each time."""
    state, found = 9, []
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        found.append(state >> 7)
    return found


def run() -> dict[str, object]:
    """What came of it."""
    numbers = numbers_of(2400)
    cache = LruCache(300)
    for number in numbers:
        key = f"k{number % 420}"
        if cache.get(key) is None:
            cache.put(key, number)
    registry = Registry()
    for at in range(240):
        registry.register(f"name_{at}", [f"tag{at % 7}", f"tag{at % 5}"], 1 + at % 3)
    jobs = [(number % 40, f"Job {number % 997}") for number in numbers[:520]]
    ordered = by_priority(jobs)
    return {
        "hits": cache.hits,
        "keys": cache.keys()[:5],
        "tagged": registry.tagged("tag3"),
        "weight": registry.weight(),
        "batches": len(batches(ordered, 8)),
        "labels": labels(ordered)[:60],
        "checksum": checksum(ordered),
        "slots": [fibonacci(number) for number in range(20)],
    }
