"""Digests of values: equal for values that nobody can tell apart, and different for others.

Exact types, order, numbers bit by bit, and which mutable parts are one and the same object count. Attributes that begin
with an underscore may be a cache and do not; nor do memory addresses, nor the order of a set.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import hashlib
import io
import math
import re
import types
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from perfsmith_scalars import plain_of, quick_text_of, scalar_of

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_SCALARS = frozenset({int, float, complex, str, bytes, bool, type(None), type(Ellipsis), type(NotImplemented)})
_NAMED = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType)
_VALUES = frozenset({"datetime", "decimal", "fractions", "uuid", "pathlib", "re", "ipaddress", "zoneinfo", "_decimal"})
"""Modules whose objects can't change, so that it does not matter which of two equal ones it is."""
_PART = 4096
MOST_ITEMS = 10_000
"""So many items of an iterator are looked at."""
DEEPEST_ELEMENT = 4


class TooLargeError(Exception):
    """A value holds more than is looked at."""


class Digests:
    """Makes digests that share the numbering of objects: of one call's result and arguments, and across calls."""

    def __init__(
        self,
        *,
        runs_code: bool,
        most_nodes: int,
        most_depth: int,
        ignored: Sequence[str] = (),
        most_size: float = math.inf,
    ) -> None:
        self.runs_code = runs_code
        """Whether iterators are consumed and methods such as __repr__ are asked; never while the program itself runs."""
        self.most_nodes, self.most_depth, self.most_size = most_nodes, most_depth, most_size
        """The size is that of all a digest is made of, in elements or 64 bytes; with more it is a TooLargeError."""
        self.ignored = frozenset(ignored)
        """Attributes that do not count: one side does not have them."""
        self.earlier = {}
        """Labels of objects of earlier calls, by id; `kept` holds them so that no id is taken again."""
        self.kept = []
        self.begin()

    def begin(self) -> None:
        """A new call: numbers start again."""
        self.numbers, self.order, self.pure, self.alive = {}, [], {}, []
        self.nodes = self.references = self.size = 0

    def remember(self, label: object, *, most: int = 100_000) -> None:
        """What was numbered so far is recognised in later calls."""
        for number, value in enumerate(self.order):
            if len(self.kept) >= most:
                return
            if id(value) not in self.earlier:
                self.earlier[id(value)] = f"{label}.{number}"
                self.kept.append(value)

    def of(self, value: Any) -> str:
        """The digest of `value` as text."""
        return self._of(value, 0).hex()

    def _of(self, value: Any, depth: int) -> bytes:
        kind = type(value)
        if kind in _SCALARS:
            self._spend(1 + (len(value) >> 6 if kind in (str, bytes) else 0))
            return _hash(b"scalar", scalar_of(value))
        self._spend(1)
        self.nodes += 1
        if self.nodes > self.most_nodes or depth > self.most_depth:
            return _hash(b"more", _name(kind))
        known = self.numbers.get(id(value))
        if known is not None:
            self.references += 1
            return _hash(b"same", str(known).encode())
        if id(value) in self.pure:
            return self.pure[id(value)]
        if isinstance(value, _NAMED):
            return _hash(b"named", _name(value))
        return self._constant(value, depth) if _cannot_change(value) else self._thing(value, depth)

    def _spend(self, size: int) -> None:
        self.size += size
        if self.size > self.most_size:
            raise TooLargeError

    def _thing(self, value: Any, depth: int) -> bytes:
        """A mutable object: which one it is counts as much as what it holds."""
        self.numbers[id(value)] = len(self.order)
        self.order.append(value)
        label = self.earlier.get(id(value), "")
        return _hash(b"object", label.encode(), *self._parts(value, depth + 1))

    def _constant(self, value: Any, depth: int) -> bytes:
        """One that can't change: equal ones are one, as long as nothing inside can change either."""
        before = len(self.order), self.references
        digest = _hash(b"object", b"", *self._parts(value, depth + 1))
        if before == (len(self.order), self.references):
            self.pure[id(value)] = digest
            self.alive.append(value)
        return digest

    def _parts(self, value: Any, depth: int) -> Iterator[bytes]:
        """What tells `value` from others of its type, and the type."""
        kind = type(value)
        yield _name(kind)
        if isinstance(value, dict):
            for key, item in dict.items(value):
                yield self._of(key, depth)
                yield self._of(item, depth)
        elif isinstance(value, (list, tuple, deque)):
            yield from self._elements(value, depth)
        elif isinstance(value, (set, frozenset)):
            plain = set if isinstance(value, set) else frozenset
            self._spend(plain.__len__(value))
            elements = sorted([self._apart(element, depth) for element in plain.__iter__(value)])
            # Which of them there was no room for is chance, and how many there are is not.
            yield from elements if self.nodes <= self.most_nodes else (str(len(elements)).encode(),)
        elif isinstance(value, (str, bytes, bytearray, int, float, complex)) and not isinstance(value, enum.Enum):
            yield scalar_of(plain_of(value))
        else:
            yield from self._other(value, depth)
            return
        if kind.__module__ != "builtins":
            yield from self._attributes(value, depth)

    def _elements(self, value: Any, depth: int) -> Iterator[bytes]:
        self._spend(len(value))
        elements = list(value) if type(value) is deque else list(_iterate(value))
        for start in range(0, len(elements), _PART):
            part = elements[start : start + _PART]
            text = quick_text_of(part)
            if text is not None:
                self._spend(len(text) >> 6)
                yield text
                continue
            for element in part:
                yield self._of(element, depth)

    def _apart(self, element: Any, depth: int) -> bytes:
        """An element of a set, whose place among the others is nobody's business: numbers given inside are taken back.

        So whatever it leads to is looked at again from the next element, and therefore only as far as hash values do.
        """
        before = len(self.order)
        digest = self._of(element, max(depth, self.most_depth - DEEPEST_ELEMENT))
        while len(self.order) > before:
            self.alive.append(self.order[-1])
            del self.numbers[id(self.order.pop())]
        return digest

    def _other(self, value: Any, depth: int) -> Iterator[bytes]:
        if isinstance(value, enum.Enum):
            yield value.name.encode() if isinstance(value.name, str) else b"?"
        elif isinstance(value, types.MethodType):
            yield _name(value.__func__)
            yield self._of(value.__self__, depth)
        elif isinstance(value, functools.partial):
            for part in (value.func, value.args, value.keywords):
                yield self._of(part, depth)
        elif isinstance(value, BaseException):
            yield self._of(value.args, depth)
            yield from self._attributes(value, depth)
        elif isinstance(value, (io.StringIO, io.BytesIO)) and not value.closed:
            yield self._of(value.getvalue(), depth)
            yield str(value.tell()).encode()
        elif isinstance(value, (range, slice)):
            yield repr(value).encode()
        elif hasattr(type(value), "tobytes") and (self.runs_code or _is_array(value)):
            yield from self._array(value, depth)
        elif hasattr(type(value), "__next__"):
            yield from self._stream(value, depth)
        else:
            yield from self._instance(value, depth)

    def _array(self, value: Any, depth: int) -> Iterator[bytes]:
        """Like numpy's, whose repr leaves out what is in the middle."""
        yield f"{getattr(value, 'dtype', getattr(value, 'typecode', ''))} {getattr(value, 'shape', '')}".encode()
        if getattr(getattr(value, "dtype", None), "hasobject", False):
            yield self._of(value.tolist(), depth)
        else:
            self._spend(getattr(value, "nbytes", 0) >> 6)
            yield hashlib.sha256(value.tobytes()).digest()

    def _stream(self, value: Any, depth: int) -> Iterator[bytes]:
        """An iterator counts as what it yields and how it ends. Its kind does not tell a caller more than that."""
        if not self.runs_code:
            return
        try:
            for number, item in enumerate(value):
                if number >= MOST_ITEMS:
                    yield b"and so on"
                    return
                yield self._of(item, depth)
        except Exception as error:  # noqa: BLE001 - however it ends is a part of what it is
            yield self._of(error, depth)

    def _instance(self, value: Any, depth: int) -> Iterator[bytes]:
        attributes = list(self._attributes(value, depth))
        yield from attributes
        if not self.runs_code:
            return
        kind = type(value)
        if type(value).__module__.partition(".")[0] == "pandas" and hasattr(value, "to_dict"):
            yield f"{getattr(value, 'dtypes', '')}".encode()
            yield self._of(value.to_dict(), depth)
        elif hasattr(kind, "__iter__") and hasattr(kind, "__len__"):
            items = _asks(lambda: iter(value.items() if isinstance(value, Mapping) else value))
            yield from self._stream(items, depth) if items is not None else ()
        elif not attributes and kind.__repr__ is not object.__repr__:
            yield (_asks(lambda: _ADDRESS.sub("", repr(value))) or "?").encode("utf-8", "surrogatepass")

    def _attributes(self, value: Any, depth: int) -> Iterator[bytes]:
        """Public attributes by name; not what a cached_property left there."""
        kind = type(value)
        found = {name for each in kind.__mro__ for name in _slots(each)} | set(getattr(value, "__dict__", ()))
        found -= self.ignored
        for name in sorted(name for name in found if isinstance(name, str) and not name.startswith("_")):
            if isinstance(getattr(kind, name, None), functools.cached_property):
                continue
            try:
                held = object.__getattribute__(value, name)
            except Exception:  # noqa: BLE001, S112 - a slot that was never filled
                continue
            yield name.encode("utf-8", "surrogatepass")
            yield self._of(held, depth)


def _hash(*parts: bytes) -> bytes:
    hashed = hashlib.blake2b(digest_size=16)
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big"))
        hashed.update(part)
    return hashed.digest()


def _is_array(value: Any) -> bool:
    """Whether no code of the program's own makes its bytes."""
    return type(value).__module__.partition(".")[0] in {"numpy", "array", "builtins"}


def _iterate(value: Any) -> Iterator[Any]:
    return list.__iter__(value) if isinstance(value, list) else tuple.__iter__(value)


def _cannot_change(value: Any) -> bool:
    if isinstance(value, (enum.Enum, range, slice)):
        return True
    if isinstance(value, (tuple, frozenset, str, bytes, int, float, complex)):
        # An object of a subclass with attributes of its own may change, and may be part of a cycle.
        return not hasattr(value, "__dict__")
    kind = type(value)
    parameters = getattr(kind, "__dataclass_params__", None)
    frozen = dataclasses.is_dataclass(kind) and getattr(parameters, "frozen", False)
    return frozen or any(each.__module__ in _VALUES for each in kind.__mro__)


def _slots(kind: type) -> tuple[str, ...]:
    slots = vars(kind).get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _name(named: Any) -> bytes:
    """Of a class, function or module; iterators of all kinds are one kind."""
    if isinstance(named, types.ModuleType):
        return named.__name__.encode()
    if isinstance(named, type) and hasattr(named, "__next__") and named.__module__ in {"builtins", "itertools"}:
        return b"iterator"
    return f"{getattr(named, '__module__', '')}.{getattr(named, '__qualname__', '')}".encode("utf-8", "surrogatepass")


def _asks(question: Callable[[], Any]) -> Any:
    """What code of the program answers; None when it fails."""
    try:
        return question()
    except Exception:  # noqa: BLE001 - its code, its failure
        return None
