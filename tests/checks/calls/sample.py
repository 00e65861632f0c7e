"""A small repository whose functions are called by its tests and its workload."""

PLAIN = """
import random

LIMIT = 3
SEEN = []
_MISSING = object()


def unique(items):
    found = []
    for item in items:
        if item not in found:
            found.append(item)
    return found


def total(numbers, start=0.0):
    result = start
    for number in numbers:
        result += number
    return result


def lookup(table, key, default=_MISSING):
    if key in table:
        return table[key]
    if default is _MISSING:
        raise KeyError(key)
    return default


def parse(text):
    if not isinstance(text, str):
        raise TypeError("text is wanted")
    if not text:
        raise ValueError("nothing to parse")
    return [int(part) for part in text.split(",")]


def drain(queue):
    taken = []
    while queue:
        taken.append(queue.pop(0))
    return taken


def sort_in_place(items):
    items.sort()


def cap(items):
    return items[:LIMIT]


def _square(number):
    return number * number


def squares(numbers):
    return [_square(number) for number in numbers]


def countdown(number):
    while number:
        yield number
        number -= 1


async def later(number):
    return number + 1


def shout(word):
    print(word.upper())
    return len(word)


def dice():
    return random.random()


def deep(number):
    return 0 if number == 0 else 1 + deep(number - 1)


def remember(item):
    SEEN.append(item)
    return len(SEEN)


def caller():
    import sys

    return sys._getframe(1).f_code.co_name


def apply(function, item):
    return function(item)


def halve(items):
    return items[: len(items) // 2]


def quarter(items):
    return halve(halve(items))


def different(items):
    return list(set(items))
"""

OBJECTS = """
import threading


class Basket:
    def __init__(self, items):
        self.items = list(items)
        self._sum = None

    def add(self, item):
        self.items.append(item)
        return self

    def sum(self):
        result = 0
        for item in self.items:
            result += item
        return result

    def copy(self):
        return Basket(self.items)

    def rows(self):
        return [[item] for item in self.items]

    @property
    def size(self):
        return len(self.items)

    @size.setter
    def size(self, number):
        del self.items[number:]

    @staticmethod
    def double(number):
        return number * 2

    @classmethod
    def of(cls, *items):
        return cls(items)


class Locked:
    def __init__(self, number):
        self.number = number
        self.lock = threading.Lock()

    def next(self):
        with self.lock:
            self.number += 1
            return self.number
"""

BENCH = """
from pkg import plain
from pkg.objects import Basket


def work(number):
    return plain.squares(range(number))


class Local:
    def __init__(self, number):
        self.number = number


def use(local):
    return local.number + 1


if __name__ == "__main__":
    for number in range(60):
        work(number)
    plain.dice()
    plain.different("abcdefgh")
    plain.sort_in_place([3, 1, 2])
    try:
        plain.lookup({}, 1)
    except KeyError:
        pass
    print(len(plain.unique([1, 2, 1])), use(Local(3)), Basket([1, 2]).sum(), plain.total([0.1, 0.2]))
"""

TESTS = """
import asyncio
import unittest

from pkg import plain
from pkg.objects import Basket, Locked


def own():
    return plain.caller()


class Everything(unittest.TestCase):
    def test_plain(self):
        shared = [3, 1, 2]
        self.assertEqual(plain.unique([1, 1, 2]), [1, 2])
        self.assertEqual(plain.unique(["b", "a", "b"]), ["b", "a"])
        self.assertEqual(plain.unique([]), [])
        self.assertEqual(plain.total([0.1, 0.2, 0.3]), 0.6000000000000001)
        self.assertEqual(plain.total([1e16, 1.0, -1e16]), 0.0)
        self.assertEqual(plain.lookup({1: 2}, 1), 2)
        self.assertEqual(plain.lookup({}, 1, None), None)
        self.assertRaises(KeyError, plain.lookup, {}, 1)
        self.assertEqual(plain.parse("1,2"), [1, 2])
        self.assertRaises(ValueError, plain.parse, "")
        self.assertRaises(ValueError, plain.parse, "x")
        self.assertRaises(TypeError, plain.parse, 3)
        self.assertEqual(plain.drain([1, 2]), [1, 2])
        plain.sort_in_place(shared)
        self.assertEqual(plain.cap([1, 2, 3, 4]), [1, 2, 3])
        self.assertEqual(list(plain.countdown(3)), [3, 2, 1])
        self.assertEqual(asyncio.run(plain.later(1)), 2)
        self.assertEqual(plain.shout("hi"), 2)
        plain.dice()
        self.assertEqual(plain.deep(5), 5)
        plain.remember("x")
        plain.remember("y")
        own()
        self.assertEqual(plain.apply(len, [1]), 1)
        self.assertEqual(plain.apply(lambda item: item, 1), 1)
        self.assertEqual(plain.quarter([1, 2, 3, 4]), [1])

    def test_objects(self):
        basket = Basket([1, 2])
        self.assertEqual(basket.add(3).sum(), 6)
        self.assertEqual(basket.copy().items, [1, 2, 3])
        self.assertEqual(basket.rows(), [[1], [2], [3]])
        self.assertEqual(basket.size, 3)
        basket.size = 1
        self.assertEqual(basket.items, [1])
        self.assertEqual(Basket.double(2), 4)
        self.assertEqual(Basket.of(1, 2).sum(), 3)
        self.assertEqual(Locked(1).next(), 2)
"""

FILES = {
    "pkg/__init__.py": "",
    "pkg/plain.py": PLAIN,
    "pkg/objects.py": OBJECTS,
    "bench.py": BENCH,
    "tests/__init__.py": "",
    "tests/test_pkg.py": TESTS,
}
EDITABLE = ("pkg/plain.py", "pkg/objects.py", "bench.py")
SOURCES = {path: FILES[path] for path in EDITABLE}
