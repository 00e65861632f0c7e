"""if k not in d: d[k] = []; d[k].append(x) → d.setdefault(k, []).append(x), for a dict made in the function.

Refuses: any other mapping (its __missing__ or __setitem__ may do more), a key that is no plain name, an else, anything
between the two statements, a container that is not empty or not a list, set or dict display.
"""

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst

from agent.rules.function import Function
from agent.rules.rewriting import Rule, Site, becomes

_ADDING = frozenset({"append", "extend", "add", "update"})


def _find(function: Function) -> Iterator[Site]:
    for node in function.own:
        lines = node.body if isinstance(node, cst.IndentedBlock) else ()
        for first, second in pairwise(lines):
            made = _made(function, first)
            used = _used(second)
            if made and used and made[0] == _names(used):
                yield _site(first, used, made)


def _names(subscript: cst.Subscript) -> tuple[str, str] | None:
    """`d` and `k` of `d[k]`."""
    index = subscript.slice[0].slice if len(subscript.slice) == 1 else None
    key = index.value if isinstance(index, cst.Index) else None
    if isinstance(subscript.value, cst.Name) and isinstance(key, cst.Name):
        return subscript.value.value, key.value
    return None


def _made(function: Function, line: cst.CSTNode) -> tuple[tuple[str, str], str] | None:
    """`if k not in d: d[k] = []` as ((d, k), "[]")."""
    if (
        not isinstance(line, cst.If)
        or line.orelse
        or not isinstance(line.test, cst.Comparison)
        or len(line.test.comparisons) != 1
    ):
        return None
    target, key = line.test.comparisons[0], line.test.left
    owner = target.comparator
    inner = line.body.body
    small = inner[0].body if len(inner) == 1 and isinstance(inner[0], cst.SimpleStatementLine) else inner
    only = small[0] if len(small) == 1 and isinstance(small[0], cst.Assign) else None
    if (
        not isinstance(target.operator, cst.NotIn)
        or not isinstance(key, cst.Name)
        or not isinstance(owner, cst.Name)
        or only is None
    ):
        return None
    place = only.targets[0].target
    fits = len(only.targets) == 1 and isinstance(place, cst.Subscript) and _names(place) == (owner.value, key.value)
    fresh = owner.value not in function.params and function.kind(owner) == "dict" and function.is_local(key.value)
    empty = _empty(function, only.value)
    return ((owner.value, key.value), empty) if fits and fresh and empty else None


def _empty(function: Function, value: cst.BaseExpression) -> str:
    if isinstance(value, cst.List) and not value.elements:
        return "[]"
    if isinstance(value, cst.Dict) and not value.elements:
        return "{}"
    origin = function.module.callee(value) if isinstance(value, cst.Call) and not value.args else ""
    return (
        f"{(origin or '').removeprefix('builtins.')}()"
        if origin in {"builtins.list", "builtins.set", "builtins.dict"}
        else ""
    )


def _used(line: cst.CSTNode) -> cst.Subscript | None:
    """`d[k]` of the line `d[k].append(x)`."""
    only = line.body[0] if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None
    call = only.value if isinstance(only, cst.Expr) else None
    method = call.func if isinstance(call, cst.Call) else None
    if isinstance(method, cst.Attribute) and method.attr.value in _ADDING and isinstance(method.value, cst.Subscript):
        return method.value
    return None


def _site(first: cst.CSTNode, used: cst.Subscript, made: tuple[tuple[str, str], str]) -> Site:
    (owner, key), empty = made
    new = cst.parse_expression(f"{owner}.setdefault({key}, {empty})")
    return Site(edits={first: becomes(cst.RemoveFromParent()), used: becomes(new)})


RULE = Rule(name="grouping", summary="one lookup to find or make a group", gain=0.1, find=_find)
