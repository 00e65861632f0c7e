"""Steps: recorded calls as data that the judge reads, varies and hands to a replay. Nothing here is ever unpickled."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from checks.calls.untrusted import MalformedError, shown

Tree: TypeAlias = Any
"""A value as JSON.

- null, true, false, integers, finite floats (1.0 stays a float) and strings are themselves;
- {"float": "nan" | "inf" | "-inf"}, {"complex": [re, im]}, {"bytes": base64}, {"bytearray": base64};
- {"list": [tree…]}, {"tuple": […]}, {"set": […]}, {"frozenset": […]}, {"dict": [[tree, tree]…]}: these very types;
- {"ref": n}: the n-th container (list, tuple, set, frozenset, dict, bytearray, pickle) of the same step, counted as they
  begin, from 0, over positional and then named arguments: sharing and cycles;
- {"step": n}: the object that the n-th step of the list made;
- {"global": "module:name"}: a function, class, module or plain object() by its name; the path of a script for its module;
- {"pickle": base64, "type": "module.Class", "text": a few characters, "holds": [{"step": n}…]}: anything else; `holds`
  lists what the pickle names by its place in that list, and is left out when it is empty.
"""

_DEEPEST = 100
"""As deep as the recorder goes."""
_CONTAINERS = frozenset({"list", "tuple", "set", "frozenset"})
_LONGEST_NAME = 500


@dataclass(frozen=True, kw_only=True)
class Step:
    """One outermost call of an edited function."""

    do: Literal["call", "new"]
    """`new` makes an object of the class whose constructor `function` names."""
    function: str
    """`path/in/repository.py:Qualified.name`."""
    module: str
    """The name of the module as the program imported it, or the path of a script."""
    args: tuple[Tree, ...]
    kwargs: tuple[tuple[str, Tree], ...]
    caller: tuple[str, str]
    """File and function that made the call, as its code object names them."""
    source: str = "tests"
    """`tests`, or the workload."""
    paths: tuple[str, ...] = ()
    """Folders of the repository from which its process imported."""
    argv: tuple[str, ...] = ()
    """The arguments of its process."""
    raw: bool = False
    """Whether the function itself is called, inside of its decorators, and not what they made of it."""
    twice: bool = False
    """Whether it is called again with the very same arguments, when it left them as they were."""

    def form(self) -> dict[str, Any]:
        """As the replay reads it."""
        named = [[name, tree] for name, tree in self.kwargs]
        how: dict[str, Any] = {"do": self.do, "raw": self.raw, "twice": self.twice, "caller": list(self.caller)}
        return {**how, "function": self.function, "module": self.module, "args": list(self.args), "kwargs": named}

    @property
    def uses(self) -> frozenset[int]:
        """The earlier steps whose objects it needs."""
        return frozenset(found for tree in (*self.args, *(tree for _, tree in self.kwargs)) for found in _used(tree))


def read_step(value: object, *, source: str, paths: tuple[str, ...], argv: tuple[str, ...], offset: int) -> Step:
    """A step as a process wrote it; `offset` is added to the numbers of steps. MalformedError when it is none."""
    match value:
        case {
            "do": ("call" | "new") as do,
            "function": str(function),
            "module": str(module),
            "args": list(args),
            "kwargs": list(kwargs),
            "caller": [str(file), str(name)],
        } if max(map(len, (function, module, file, name))) <= _LONGEST_NAME:
            return Step(
                do=do,
                function=function,
                module=module,
                args=tuple(moved(tree, offset) for tree in args),
                kwargs=tuple(_named(each, offset) for each in kwargs),
                caller=(file, name),
                source=source,
                paths=paths,
                argv=argv,
            )
    raise MalformedError("not a step")


def _named(pair: object, offset: int) -> tuple[str, Tree]:
    match pair:
        case [str(name), tree]:
            return name, moved(tree, offset)
    raise MalformedError("not a named argument")


def moved(tree: Tree, offset: int, depth: int = 0) -> Tree:
    """`tree` with `offset` added to the numbers of the steps that it uses. MalformedError when it is no tree."""
    if depth > _DEEPEST:
        raise MalformedError("too deep")
    if tree is None or isinstance(tree, bool | int | float | str):
        return tree
    match tree:
        case {"step": int(number)} if len(tree) == 1:
            return {"step": number + offset}
        case {"dict": list(pairs)} if len(tree) == 1:
            return {"dict": [_moved_pair(pair, offset, depth) for pair in pairs]}
        case {"pickle": str(data), "type": str(kind), "text": str(text)}:
            held = [moved(each, offset, depth + 1) for each in _held(tree)]
            return {"pickle": data, "type": kind, "text": text, **({"holds": held} if held else {})}
    return _moved_other(tree, offset, depth)


def _held(tree: Mapping[str, Tree]) -> list[Tree]:
    held = tree.get("holds", [])
    if not isinstance(held, list):
        raise MalformedError("not what a pickle holds")
    return held


def _moved_other(tree: Tree, offset: int, depth: int) -> Tree:
    if not isinstance(tree, dict) or len(tree) != 1:
        raise MalformedError("not a tree")
    ((kind, held),) = tree.items()
    if kind in _CONTAINERS and isinstance(held, list):
        return {kind: [moved(each, offset, depth + 1) for each in held]}
    if kind == "complex" and isinstance(held, list) and len(held) == 2:  # noqa: PLR2004 - its parts
        return {kind: [moved(each, offset, depth + 1) for each in held]}
    if (kind == "ref" and isinstance(held, int)) or (kind in _TEXTS and isinstance(held, str)):
        return tree
    raise MalformedError("not a tree")


_TEXTS = frozenset({"float", "bytes", "bytearray", "global"})


def _moved_pair(pair: object, offset: int, depth: int) -> list[Tree]:
    if not isinstance(pair, list) or len(pair) != 2:  # noqa: PLR2004 - a key and an item
        raise MalformedError("not an item of a dict")
    return [moved(each, offset, depth + 1) for each in pair]


def renumbered(step: Step, places: Mapping[int, int]) -> Step:
    """`step` with the steps that it uses under their new numbers."""
    args = tuple(_at(tree, places) for tree in step.args)
    return replace(step, args=args, kwargs=tuple((name, _at(tree, places)) for name, tree in step.kwargs))


def _at(tree: Tree, places: Mapping[int, int]) -> Tree:
    if isinstance(tree, Mapping):
        if isinstance(tree.get("step"), int):
            return {"step": places[tree["step"]]}
        return {name: _at(each, places) for name, each in tree.items()}
    return [_at(each, places) for each in tree] if isinstance(tree, list | tuple) else tree


def _used(tree: Tree) -> Iterator[int]:
    if isinstance(tree, Mapping):
        if isinstance(tree.get("step"), int):
            yield tree["step"]
        for held in tree.values():
            yield from _used(held)
    elif isinstance(tree, list | tuple):
        for each in tree:
            yield from _used(each)


def size_of(step: Step) -> int:
    """Characters of its arguments: what is small is easy to understand."""
    return len(json.dumps([step.args, step.kwargs]))


def name_of(step: Step) -> str:
    """The function, for people."""
    return shown(step.function)
