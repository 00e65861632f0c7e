"""Makes values of trees, and finds functions by their place in the repository, on whichever side's code this runs."""

from __future__ import annotations

import base64
import functools
import importlib
import importlib.util
import inspect
import io
import os
import pickle
import sys
import types
from pathlib import Path
from typing import Any

_DEEPEST_SEARCH = 6
_CACHED = type(functools.lru_cache(lambda: None))


class Restoring:
    """Values of the trees of steps; `objects` holds what earlier steps made."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.objects = {}

    def arguments(self, step: dict[str, Any]) -> Any:
        """Positional and named arguments of `step`, made anew."""
        self.numbered = []
        args = [self._of(tree) for tree in step["args"]]
        return args, {name: self._of(tree) for name, tree in step["kwargs"]}

    def function(self, step: dict[str, Any]) -> Any:
        """What to call, from where the program would take it. LookupError or AttributeError when it is not there."""
        path, _, name = step["function"].partition(":")
        module = module_of(step["module"])
        *outer, last = name.split(".")
        holder = functools.reduce(getattr, outer, module)
        if step["do"] == "new":
            return holder
        held = inspect.getattr_static(holder, last)
        arity = len(step["args"]) + len(step["kwargs"])
        if step.get("raw"):
            inside = _inside(held, os.path.realpath(Path(self.root, path)), name)
            if inside:
                return _fitting(inside, step)
        if isinstance(held, (staticmethod, classmethod)):
            return held.__func__
        if isinstance(held, property):
            return {1: held.fget, 2: held.fset}.get(arity) or held.fget
        if not callable(held) and hasattr(held, "__get__"):
            return lambda owner: held.__get__(owner, type(owner))
        return held

    def _of(self, tree: Any) -> Any:
        if isinstance(tree, dict):
            (kind, held), *more = tree.items()
            return getattr(self, f"_{kind}")(held, dict(more))
        if isinstance(tree, list):
            message = "a list is no tree"
            raise TypeError(message)
        return tree

    def _float(self, text: str, _more: Any) -> Any:
        return float(text)

    def _complex(self, parts: Any, _more: Any) -> Any:
        return complex(*(self._of(part) for part in parts))

    def _bytes(self, text: str, _more: Any) -> Any:
        return base64.b64decode(text)

    def _place(self) -> Any:
        self.numbered.append(None)
        return len(self.numbered) - 1

    def _bytearray(self, text: str, _more: Any) -> Any:
        self.numbered.append(bytearray(base64.b64decode(text)))
        return self.numbered[-1]

    def _list(self, trees: Any, _more: Any) -> Any:
        made = []
        self.numbered.append(made)
        made.extend(self._of(tree) for tree in trees)
        return made

    def _dict(self, pairs: Any, _more: Any) -> Any:
        made = {}
        self.numbered.append(made)
        for key, item in pairs:
            name = self._of(key)
            made[name] = self._of(item)
        return made

    def _set(self, trees: Any, _more: Any) -> Any:
        made = set()
        self.numbered.append(made)
        made.update(self._of(tree) for tree in trees)
        return made

    def _tuple(self, trees: Any, _more: Any) -> Any:
        place = self._place()
        self.numbered[place] = tuple([self._of(tree) for tree in trees])
        return self.numbered[place]

    def _frozenset(self, trees: Any, _more: Any) -> Any:
        place = self._place()
        self.numbered[place] = frozenset([self._of(tree) for tree in trees])
        return self.numbered[place]

    def _ref(self, number: int, _more: Any) -> Any:
        return self.numbered[number]

    def _step(self, number: int, _more: Any) -> Any:
        return self.objects[number]

    def _global(self, name: str, _more: Any) -> Any:
        return named(name)

    def _pickle(self, text: str, more: Any) -> Any:
        place = self._place()
        held = [self.objects[each["step"]] for each in more.get("holds", ())]
        self.numbered[place] = _Unpickler(base64.b64decode(text), held).load()
        return self.numbered[place]


class _Unpickler(pickle.Unpickler):
    """Code of the repository runs here, inside the sandbox, as it does in its own processes."""

    def __init__(self, data: bytes, held: Any) -> None:
        super().__init__(io.BytesIO(data))
        self.held = held

    def persistent_load(self, what: Any) -> Any:
        kind, which = what
        return self.held[which] if kind == "step" else named(which)


def named(name: str) -> Any:
    """The object that `module:qualified.name` names; the module alone when there is no name."""
    module, _, inside = name.partition(":")
    return functools.reduce(getattr, filter(None, inside.split(".")), module_of(module))


def module_of(name: str) -> Any:
    """The module of a name, or of the path of a script, which is loaded without becoming the program."""
    if not name.endswith(".py"):
        return importlib.import_module(name)
    stem = Path(name).stem
    if stem not in sys.modules:
        spec = importlib.util.spec_from_file_location(stem, Path(name).resolve())
        module = importlib.util.module_from_spec(spec)
        sys.modules[stem] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[stem]
            raise
    return sys.modules[stem]


def _inside(held: Any, path: str, name: str, depth: int = 0) -> Any:
    """The functions of that file and name that decorators hide in `held`."""
    if depth > _DEEPEST_SEARCH or held is None:
        return []
    if isinstance(held, types.FunctionType):
        if os.path.realpath(held.__code__.co_filename) == path and held.__qualname__ == name and _is_plain(held, name):
            return [held]
        cells = [cell for cell in held.__closure__ or () if _is_filled(cell)]
        nested = [held.__dict__.get("__wrapped__"), *(cell.cell_contents for cell in cells)]
    elif isinstance(held, (str, bytes, int, float, list, dict, tuple, types.ModuleType, type)):
        return []
    else:
        names = ("__wrapped__", "__func__", "fget", "fset", "fdel", "func", "callback", "py_func", "_func", "_fn", "fn")
        nested = [inspect.getattr_static(held, each, None) for each in names]
        nested += list(getattr(held, "__dict__", {}).values())
    found = []
    for each in nested:
        found += [one for one in _inside(each, path, name, depth + 1) if one not in found]
    return found


def _is_plain(function: Any, name: str) -> bool:
    """Whether it is the function itself and not a wrapper that took its name."""
    qualified = getattr(function.__code__, "co_qualname", None)
    return qualified == name if qualified else "__wrapped__" not in function.__dict__


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _fitting(functions: Any, step: dict[str, Any]) -> Any:
    """The one that takes so many arguments: a property's getter and setter have the same name."""
    for function in functions:
        try:
            inspect.signature(function).bind(*step["args"], **dict(step["kwargs"]))
        except TypeError:
            continue
        return function
    return functions[0]
