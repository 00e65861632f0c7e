"""Other values of the same size for measuring: equal values stay equal, different ones stay different.

Everything here is a function of the seed and the value alone, so that a value that occurs in many calls is replaced by
the same one in all of them.
"""

import base64
import math
import random
import string
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from checks.varying.nodes import Leaf, Tree

Value = TypeVar("Value")

SMALL_BITS = 4
"""Integers of no more bits than this are often flags, counts and positions: they stay."""
_MANTISSA_BITS = 40
"""The low bits of a float that change: less than a thousandth of its value."""
_EXACT = 2.0**53


@dataclass(frozen=True, kw_only=True)
class Renaming:
    """One consistent replacement of texts and numbers."""

    seed: str
    digits: bool = True
    """Whether the digits in texts change as well as the letters."""
    numbers: bool = True
    kept: frozenset[str] = frozenset()
    """Texts that stay."""

    def leaf(self, leaf: Leaf) -> Leaf:
        """The leaf with its other value; itself where its value stays."""
        return Leaf(value=self._value(leaf.value))

    def _value(self, value: Tree) -> Tree:
        if isinstance(value, str):
            return value if value in self.kept else value.translate(self._letters)
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int):
            return self._integer(value) if self.numbers else value
        if isinstance(value, float):
            return self._float(value) if self.numbers else value
        if isinstance(value, Mapping) and isinstance(value.get("bytes"), str):
            return self._bytes(value)
        return value

    @cached_property
    def _letters(self) -> Mapping[int, int]:
        """A letter becomes another one, large as small: that keeps prefixes, parts and what is equal but for case."""
        chance = random.Random(f"{self.seed}:letters")  # noqa: S311 - a variation, not a secret
        lower = _moved(string.ascii_lowercase, chance)
        upper = {old.upper(): new.upper() for old, new in lower.items()}
        digits = _moved(string.digits, chance) if self.digits else {}
        return {ord(old): ord(new) for old, new in {**lower, **upper, **digits}.items()}

    def _integer(self, value: int) -> int:
        """Another one with the same sign and upper half of bits: a number that is a size stays about that size."""
        bits = abs(value).bit_length()
        if bits <= SMALL_BITS:
            return value
        low = bits // 2
        mask = random.Random(f"{self.seed}:{bits}").randrange(1, 1 << low)  # noqa: S311 - a variation, not a secret
        return (abs(value) ^ mask) * (1 if value > 0 else -1)

    def _float(self, value: float) -> float:
        if value.is_integer() and abs(value) < _EXACT:
            return math.copysign(float(self._integer(int(value))), value)
        (bits,) = struct.unpack("<Q", struct.pack("<d", value))
        mask = random.Random(f"{self.seed}:float").randrange(1, 1 << _MANTISSA_BITS)  # noqa: S311 - a variation, not a secret
        (changed,) = struct.unpack("<d", struct.pack("<Q", bits ^ mask))
        return float(changed)

    def _bytes(self, value: Mapping[str, str]) -> Tree:
        try:
            data = base64.b64decode(value["bytes"], validate=True)
        except ValueError:
            return value
        changed = data.decode("latin-1").translate(self._letters).encode("latin-1")
        return {"bytes": base64.b64encode(changed).decode("ascii")}


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Numbers change places with others of about their size that occur somewhere, so that what is a position stays one."""

    numbers: Mapping[tuple[str, int | float], int | float]

    @classmethod
    def among(cls, values: Iterable[int | float], *, seed: str) -> "Exchange":
        """A random exchange among `values`."""
        chance = random.Random(f"{seed}:numbers")  # noqa: S311 - a variation, not a secret
        groups: dict[tuple[str, bool, int], set[int | float]] = {}
        for value in values:
            groups.setdefault((type(value).__name__, value > 0, _bits_of(value)), set()).add(value)
        pairs = {
            (kind, old): new
            for (kind, _, _), group in groups.items()
            for old, new in _moved(sorted(group), chance).items()
        }
        return cls(numbers=pairs)

    def leaf(self, leaf: Leaf) -> Leaf:
        """The leaf with its other value; itself where its value stays."""
        kind = type(leaf.value).__name__
        return Leaf(value=self.numbers.get((kind, leaf.value), leaf.value)) if kind in {"int", "float"} else leaf


def _bits_of(value: float) -> int:
    return abs(value).bit_length() if isinstance(value, int) else math.frexp(value)[1]


def _moved(values: Sequence[Value], chance: random.Random) -> dict[Value, Value]:
    """Each of `values` to another of them, none to itself where there are two or more."""
    order = list(values)
    chance.shuffle(order)
    return dict(zip(order, [*order[1:], *order[:1]], strict=True))
