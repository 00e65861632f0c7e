"""Digests tell apart what a caller can tell apart, and nothing else."""

import collections
import datetime as dt
import enum
import functools
import itertools
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks.calls.harness import load

DIGESTS = load("perfsmith_digests")


def digest(*values: Any, runs_code: bool = True) -> list[str]:
    made = DIGESTS.Digests(runs_code=runs_code, most_nodes=100_000, most_depth=500)
    return [made.of(value) for value in values]


class Point:
    def __init__(self, x: Any, **more: Any) -> None:
        self.x = x
        for name, value in more.items():
            setattr(self, name, value)

    @functools.cached_property
    def size(self) -> int:
        return 1


class Slotted:
    __slots__ = ("_cache", "x")

    def __init__(self, x: Any) -> None:
        self.x = x


@dataclass(frozen=True)
class Frozen:
    x: int


class Private:
    def __init__(self, x: Any) -> None:
        self._x = x

    def __repr__(self) -> str:
        return f"Private({self._x})"


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


Pair = collections.namedtuple("Pair", "a b")  # noqa: PYI024 - the kind without types is what old code has


def generator(*items: Any, fails: bool = False) -> Any:
    yield from items
    if fails:
        raise LookupError


DIFFERENT = {
    "int and float": (1, 1.0),
    "int and bool": (1, True),
    "zeros": (0.0, -0.0),
    "last bit": (0.1 + 0.2, 0.3),
    "text and bytes": ("a", b"a"),
    "bytes and bytearray": (b"a", bytearray(b"a")),
    "list and tuple": ([1], (1,)),
    "set and frozenset": ({1}, frozenset({1})),
    "tuple and named tuple": ((1, 2), Pair(1, 2)),
    "order of a list": ([1, 2], [2, 1]),
    "order of a dict": ({1: 1, 2: 2}, {2: 2, 1: 1}),
    "dict and ordered dict": ({1: 1}, collections.OrderedDict({1: 1})),
    "nesting": ([[1], 2], [[1, 2]]),
    "how a list is cut": (["a, b"], ["a", "b"]),
    "deep inside": ([{"a": [1, (2, 3)]}], [{"a": [1, (2, 4)]}]),
    "attribute": (Point(1), Point(2)),
    "another public attribute": (Point(1), Point(1, y=2)),
    "what only repr shows": (Private(1), Private(2)),
    "enum members": (Colour.RED, Colour.BLUE),
    "decimals": (Decimal("1.0"), Decimal("1.00")),
    "times": (dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 2)),  # noqa: DTZ001 - naive on purpose
    "exceptions": (ValueError("a"), ValueError("b")),
    "classes of exceptions": (ValueError("a"), KeyError("a")),
    "an iterator that fails": (generator(1), generator(1, fails=True)),
    "items of an iterator": (iter([1, 2]), iter([1, 2, 3])),
    "large integers": (10**5000, 10**5000 + 1),
    "functions": (len, max),
    "deques": (collections.deque([1]), collections.deque([2])),
}
SAME = {
    "not a number": (float("nan"), -float("nan")),
    "order of a set": ({1, 9, 17}, {17, 9, 1}),
    "a private cache": (Point(1), Point(1, _cache={})),
    "iterators of two kinds": (generator(1, 2), itertools.chain([1], [2])),
    "slots and a dict": (Slotted(1), Slotted(1)),
    "addresses": (object.__repr__(object())[:3], "<ob"),
    "fractions": (Fraction(2, 4), Fraction(1, 2)),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_different_values_have_different_digests(one: Any, other: Any) -> None:
    assert digest(one) != digest(other)


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_values_that_nobody_can_tell_apart_have_the_same_digest(one: Any, other: Any) -> None:
    assert digest(one) == digest(other)


def test_what_a_cached_property_left_in_an_object_does_not_count() -> None:
    asked = Point(1)
    assert asked.size == 1
    assert digest(asked) == digest(Point(1))


def test_one_object_twice_is_not_two_equal_objects() -> None:
    one: list[int] = []
    assert digest([one, one]) != digest([[], []])
    assert digest(one, one) != digest([], [])


def test_which_of_two_equal_values_it_is_does_not_matter_when_they_can_not_change() -> None:
    for make in (lambda: (1, "a" * 2), lambda: Frozen(1), lambda: Decimal(1), lambda: frozenset({(1, 2)})):
        one = make()
        assert digest([one, one]) == digest([make(), make()])


def test_a_cycle_has_a_digest() -> None:
    one: list[Any] = [1]
    one.append(one)
    other: list[Any] = [1]
    other.append(other)
    assert digest(one) == digest(other)
    assert digest(one) != digest([1, [1]])


def test_a_chain_of_a_thousand_objects_has_a_digest_of_its_first_part() -> None:
    chain: Any = None
    for number in range(100):
        chain = Point(chain, number=number)
    assert digest(chain) == digest(chain)


def test_a_result_that_was_returned_before_is_recognised() -> None:
    made = DIGESTS.Digests(runs_code=True, most_nodes=1000, most_depth=10)
    kept: list[int] = []
    first = made.of(kept)
    made.remember("first")
    made.begin()
    assert made.of([]) == first
    made.begin()
    assert made.of(kept) != first


def test_no_code_of_the_program_runs_while_it_is_recorded() -> None:
    class Loud:
        def __repr__(self) -> str:
            raise AssertionError

        def __iter__(self) -> Any:
            raise AssertionError

        def __len__(self) -> int:
            raise AssertionError

        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

    numbers = iter([1, 2])
    digest(Loud(), numbers, runs_code=False)
    assert list(numbers) == [1, 2]


def test_code_of_the_program_that_fails_is_no_failure_of_the_digest() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise OSError

        def __len__(self) -> int:
            raise OSError

        def __iter__(self) -> Any:
            raise OSError

    assert digest(Broken()) == digest(Broken())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers(),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.sets(st.integers() | st.text())
        | st.frozensets(st.integers())
        | st.builds(bytearray, st.binary())
    ),
    max_leaves=15,
)


@settings(max_examples=50)
@given(VALUES)
def test_the_digest_depends_on_the_value_alone(value: Any) -> None:
    assert digest(value) == digest(value)


@settings(max_examples=50)
@given(VALUES, VALUES)
def test_digests_are_equal_only_where_the_text_of_the_values_is(one: Any, other: Any) -> None:
    if digest(one) == digest(other):
        assert sorted(repr(one)) == sorted(repr(other))


@pytest.mark.parametrize("most_nodes", [1000, 100_000])
def test_equal_sets_that_were_made_in_other_ways_have_equal_digests_also_where_there_is_no_room_for_them(
    most_nodes: int,
) -> None:
    grown: set[tuple[int, int]] = set()
    for number in range(5000):
        grown.add((number, number % 7))
    for number in range(5000, 60_000):
        grown.add((number, 0))
    for number in range(5000, 60_000):
        grown.discard((number, 0))
    fresh = {(number, number % 7) for number in range(5000)}
    digests = {
        DIGESTS.Digests(runs_code=False, most_nodes=most_nodes, most_depth=30).of(each) for each in (grown, fresh)
    }
    assert list(grown) != list(fresh)
    assert len(digests) == 1


@pytest.mark.parametrize("large", [[0] * 2000, "x" * 200_000, {"a": set(range(2000))}, [["y" * 70_000] * 3]])
def test_what_is_larger_than_is_looked_at_is_refused(large: object) -> None:
    made = DIGESTS.Digests(runs_code=False, most_nodes=3000, most_depth=30, most_size=1000)
    made.of(["small", 1])
    with pytest.raises(DIGESTS.TooLargeError):
        made.of(large)
