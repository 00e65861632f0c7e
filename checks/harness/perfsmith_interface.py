"""Imports modules inside the sandbox and describes their public names, as those who use them would find them.

`perfsmith_interface.py RESULT PATH…` writes a JSON object to the file RESULT: by path either descriptions by qualified name, or
a text that says why it can't be imported.
"""

import contextlib
import functools
import importlib
import inspect
import json
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_LONGEST = 300
_MISSING = object()
"""Stands for a name that is listed but not there."""
_CALLED_BY_PYTHON = ("__init__", "__new__", "__call__")
_MADE_BY_PYTHON = frozenset(
    (
        "__module__", "__qualname__", "__doc__", "__dict__", "__weakref__", "__slots__", "__firstlineno__", "__orig_bases__",
        "__static_attributes__", "__annotations__", "__annotate_func__", "__annotations_cache__", "__type_params__",
        "__parameters__", "__match_args__", "__abstractmethods__", "__dataclass_params__", "__dataclass_fields__",
        "__getstate__", "__setstate__", "__replace__", "__class_getitem__",
    )
)  # fmt: skip


def describe(path: str) -> dict[str, str]:
    """The public names of the module at `path`, which is imported as its package would."""
    folder, file = os.path.split(os.path.abspath(path))  # noqa: PTH100  the same words as below
    words = [] if file == "__init__.py" else [file.removesuffix(".py")]
    while os.path.exists(os.path.join(folder, "__init__.py")):  # noqa: PTH110, PTH118
        folder, word = os.path.split(folder)
        words.insert(0, word)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    module = importlib.import_module(".".join(words))
    return dict(_of_module(module, imports=file == "__init__.py"))


def _of_module(module: Any, *, imports: bool) -> Iterator[tuple[str, str]]:
    listed = getattr(module, "__all__", None)
    if listed is not None:
        yield "__all__", f"__all__ = {sorted(map(str, listed))}"
    for name in sorted({*map(str, listed or ()), *(name for name in vars(module) if not name.startswith("_"))}):
        value = getattr(module, name, _MISSING)
        own = not inspect.ismodule(value) and getattr(value, "__module__", module.__name__) == module.__name__
        if value is _MISSING:
            continue
        if own or imports or name in (listed or ()):
            yield from _of_value(name, value, deep=own)
        elif not inspect.ismodule(value):
            # No interface of this module, but it may stand in for what was.
            yield from _of_value(f"{name} (imported)", value, deep=False)


def _of_value(name: str, value: Any, *, deep: bool) -> Iterator[tuple[str, str]]:
    name, key = name.partition(" ")[0], name
    if inspect.isclass(value):
        yield key, _class(name, value)
        if deep:
            for key in sorted(vars(value)):
                if not key.startswith("_") or (
                    key.startswith("__") and key.endswith("__") and key not in _MADE_BY_PYTHON
                ):
                    yield from _of_member(f"{name}.{key}", key, inspect.getattr_static(value, key), value)
    else:
        yield key, _function(name, value) if callable(value) else "a value"


def _of_member(name: str, key: str, member: Any, owner: type) -> Iterator[tuple[str, str]]:
    if isinstance(member, property | functools.cached_property):
        yield name, f"property {name}"
    elif isinstance(member, staticmethod | classmethod):
        yield name, f"{type(member).__name__} {_function(name, member.__func__)}"
    elif key.startswith("__") and key not in _CALLED_BY_PYTHON:
        # Python itself decides how it calls these.
        yield name, f"{name} {'is none' if member is None else ''}".strip()
    elif inspect.isclass(member):
        yield from _of_value(name, member, deep=member.__qualname__.startswith(f"{owner.__qualname__}."))
    else:
        yield name, _function(name, member) if callable(member) else "a value"


def _class(name: str, value: type) -> str:
    parents = ", ".join(f"{each.__module__}.{each.__qualname__}" for each in value.__mro__[1:-1])
    metaclass = "" if type(value) is type else f", metaclass={type(value).__module__}.{type(value).__qualname__}"
    return f"class {name}({parents}{metaclass}), made by {name}{_signature(value)}"


def _function(name: str, value: Any) -> str:
    """As the function itself says, under all wrappers that say what they wrap: a cache changes no interface."""
    inner = inspect.unwrap(value)
    kind = "async " if inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner) else ""
    generator = " (a generator)" if inspect.isgeneratorfunction(inner) or inspect.isasyncgenfunction(inner) else ""
    return f"{kind}def {name}{_signature(inner)}{generator}"


def _signature(value: Any) -> str:
    """Parameters with their kinds and defaults. Annotations are read from the text: here they may be anything."""
    try:
        signature = inspect.signature(value)
    except (ValueError, TypeError):
        return "(…)"
    bare = [each.replace(annotation=each.empty) for each in signature.parameters.values()]
    return _ADDRESS.sub("", str(signature.replace(parameters=bare, return_annotation=signature.empty)))[:_LONGEST]


def main() -> None:
    """Describe every module that is named."""
    result, *paths = sys.argv[1:]
    described: dict[str, object] = {}
    for path in paths:
        sys.argv[1:] = []
        try:
            with contextlib.redirect_stdout(sys.stderr):
                described[path] = describe(path)
        except BaseException as error:  # noqa: BLE001  an import may do anything, also try to end this process
            described[path] = f"{type(error).__name__}: {error}"[:_LONGEST]
    with open(result, "w", encoding="utf-8") as out:  # noqa: PTH123  as above
        json.dump(described, out)


main()
