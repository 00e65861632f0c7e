"""Takes arguments down as trees of JSON, before anybody can change them. What can't be taken down is Unrecordable."""

from __future__ import annotations

import base64
import io
import math
import os
import pickle
import re
import sys
import types
from pathlib import Path
from typing import Any

_PLAIN = frozenset({bool, type(None), str})
_LARGEST_INTEGER_BITS = 10_000
"""JSON readers refuse integers of more than 4300 digits."""
_DEEPEST = 100
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_NAMED = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType)
TEXT = 120
"""Characters of the text that shows an opaque value to people."""


class UnrecordableError(Exception):
    """The reason for which a call can't be taken down."""


class Trees:
    """Makes the trees of one call after the other.

    `made` tells the step that made an object; objects of `classes` (`path:Name`) and those that hold one of `attributes`
    are never pickled, since the code that is compared may build them differently.
    """

    def __init__(self, *, root: str, made: Any, classes: Any, attributes: Any, largest: Any) -> None:
        self.root, self.made, self.largest = root, made, largest
        self.classes, self.attributes = frozenset(classes), frozenset(attributes)
        self.refused = {}

    def of_call(self, args: Any, kwargs: dict[str, Any], scope: Any) -> Any:
        """The trees of positional and of named arguments; `scope` holds the globals of the function."""
        self.numbers, self.alive, self.room, self.scope = {}, [], self.largest, scope
        self.open = set()
        return [self._of(each, 0) for each in args], [[name, self._of(each, 0)] for name, each in kwargs.items()]

    def _of(self, value: Any, depth: int) -> Any:
        kind = type(value)
        self._take(8)
        if kind in _PLAIN:
            self._take(len(value) if kind is str else 0)
            return value
        if kind is int and value.bit_length() < _LARGEST_INTEGER_BITS:
            return value
        if kind is float:
            return value if math.isfinite(value) else {"float": str(value)}
        if kind is complex:
            return {"complex": [self._of(value.real, depth), self._of(value.imag, depth)]}
        if kind is bytes:
            self._take(len(value))
            return {"bytes": base64.b64encode(value).decode()}
        return self._container(value, depth + 1)

    def _take(self, amount: Any) -> None:
        self.room -= amount
        if self.room < 0:
            raise UnrecordableError("too large")

    def _container(self, value: Any, depth: int) -> Any:
        if depth > _DEEPEST:
            raise UnrecordableError("too deep")
        if id(value) in self.open:
            raise UnrecordableError("a cycle through a value that can't change")
        if id(value) in self.numbers:
            return {"ref": self.numbers[id(value)]}
        kind = type(value)
        if isinstance(value, _NAMED):
            return {"global": self._global(value)}
        if kind is object:
            return {"global": self._sentinel(value)}
        made = self.made(value) if kind.__module__ != "builtins" and self._is_refused(kind, value) else None
        if made is not None:
            return {"step": made}
        self.numbers[id(value)] = len(self.numbers)
        self.alive.append(value)
        return self._whole(value, kind, depth)

    def _whole(self, value: Any, kind: type, depth: int) -> Any:
        if kind in (list, set, frozenset, tuple):
            constant = kind is not list
            if constant:
                self.open.add(id(value))
            tree = {kind.__name__: [self._of(element, depth) for element in value]}
            if constant:
                self.open.discard(id(value))
            return tree
        if kind is dict:
            return {"dict": [[self._of(key, depth), self._of(item, depth)] for key, item in value.items()]}
        if kind is bytearray:
            self._take(len(value))
            return {"bytearray": base64.b64encode(value).decode()}
        return self._opaque(value, kind)

    def _opaque(self, value: Any, kind: type) -> Any:
        try:
            data = self._pickled(value)
        except UnrecordableError:
            raise
        except Exception as error:  # whatever the object's own methods raise
            made = self.made(value)
            if made is None:
                raise UnrecordableError(f"unpicklable: {kind.__module__}.{kind.__qualname__}") from error
            del self.numbers[id(value)]
            return {"step": made}
        self._take(len(data) * 4 // 3)
        tree = {"pickle": base64.b64encode(data).decode(), "type": f"{kind.__module__}.{kind.__qualname__}"}
        return {**tree, "text": text_of(value), **({"holds": self.held} if self.held else {})}

    def _pickled(self, value: Any) -> Any:
        file = _Limited(self.room * 3 // 4)
        self.held = []
        _Pickler(file, self).dump(value)
        return file.getvalue()

    def persistent(self, value: Any) -> Any:
        """What a pickle holds in place of an object that must not be copied; None for all others.

        Steps get their final numbers later, so that a pickle names its place in a list beside it.
        """
        kind = type(value)
        if kind in _PLAIN or kind in (int, float, bytes, list, tuple, dict, set, frozenset):
            return None
        if kind is object:
            return ("global", self._sentinel(value))
        if isinstance(value, (type, types.FunctionType)):
            return ("global", self._global(value)) if value.__module__ == "__main__" else None
        if not self._is_refused(kind, value):
            return None
        made = self.made(value)
        if made is None:
            raise UnrecordableError(f"an object of {kind.__qualname__}, which the patch builds differently")
        if {"step": made} not in self.held:
            self.held.append({"step": made})
        return ("step", self.held.index({"step": made}))

    def _is_refused(self, kind: type, value: Any) -> bool:
        if kind not in self.refused:
            self.refused[kind] = any(name_of(each, self.root) in self.classes for each in kind.__mro__)
        if self.refused[kind] or not self.attributes:
            return self.refused[kind]
        slots = (slot for each in kind.__mro__ for slot in _slots(each))
        return not self.attributes.isdisjoint([*getattr(value, "__dict__", ()), *slots])

    def _global(self, value: Any) -> Any:
        module = value.__name__ if isinstance(value, types.ModuleType) else value.__module__
        name = "" if isinstance(value, types.ModuleType) else value.__qualname__
        found = sys.modules.get(module)
        for part in filter(None, name.split(".")):
            found = getattr(found, part, None)
        if found is not value:
            raise UnrecordableError("a function or class without a name")
        return f"{script(self.root) if module == '__main__' else module}:{name}"

    def _sentinel(self, value: Any) -> Any:
        """A plain object has nothing but its identity: it is known by the global that holds it."""
        for name, held in list(self.scope.items()):
            if held is value:
                module = self.scope.get("__name__", "")
                return f"{script(self.root) if module == '__main__' else module}:{name}"
        raise UnrecordableError("a plain object()")


class _Limited(io.BytesIO):
    def __init__(self, room: Any) -> None:
        super().__init__()
        self.room = room

    def write(self, data: bytes) -> Any:
        self.room -= len(data)
        if self.room < 0:
            raise UnrecordableError("too large")
        return super().write(data)


class _Pickler(pickle.Pickler):
    def __init__(self, file: Any, trees: Any) -> None:
        super().__init__(file, 4)
        self.trees = trees

    def persistent_id(self, value: Any) -> Any:
        return self.trees.persistent(value)


def _slots(kind: type) -> Any:
    slots = vars(kind).get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def script(root: str) -> Any:
    """The path of the program's script, by which its functions are known: it has no name that could be imported."""
    file = getattr(sys.modules.get("__main__"), "__file__", None) or ""
    return os.path.relpath(Path(root, file), root)


def name_of(kind: type, root: str) -> Any:
    """A class as `path:Name`."""
    file = getattr(sys.modules.get(kind.__module__), "__file__", None) or ""
    return f"{os.path.relpath(Path(root, file), root)}:{kind.__qualname__}" if file else ""


def text_of(value: Any) -> Any:
    """`value` in a few characters for people."""
    try:
        text = _ADDRESS.sub("", repr(value))
    except Exception:  # noqa: BLE001 - its own __repr__
        text = f"<{type(value).__qualname__}>"
    return text if len(text) <= TEXT else f"{text[: TEXT - 1]}…"
