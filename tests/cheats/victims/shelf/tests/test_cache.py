import pytest

from shelf.cache import LruCache


def test_what_was_not_used_for_longest_goes():
    cache = LruCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert cache.get("b") is None
    assert cache.keys() == ["a", "c"]
    assert len(cache) == 2


def test_hits_and_misses_are_counted():
    cache = LruCache(2)
    cache.put("a", 1)
    cache.get("a")
    cache.get("b", 7)
    assert (cache.hits, cache.misses) == (1, 1)


def test_a_default_is_given_back():
    assert LruCache(1).get("a", 7) == 7


def test_a_cache_has_room():
    with pytest.raises(ValueError):
        LruCache(0)


def test_putting_again_replaces():
    cache = LruCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.put("a", 3)
    assert cache.keys() == ["b", "a"]
