"""set(groups[k]) & … in nested loops → one set for each key, kept for as long as the loop runs.

Refuses: a loop that does anything but read, calculate and fill containers of its own; a set that is kept or changed rather
than combined into a new one; keys that are no loop variables; `groups` unless the function also takes len(groups[…]), which
iterators (used up by the first set) do not have.
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.function import Function
from agent.rules.purity import changes, is_quiet
from agent.rules.rewriting import Rule, Site, instead


def subscript(node: cst.CSTNode) -> tuple[str, str] | None:
    """`c` and `k` of `c[k]`, both names."""
    if not isinstance(node, cst.Subscript) or len(node.slice) != 1 or not isinstance(node.value, cst.Name):
        return None
    index = node.slice[0].slice
    return (
        (node.value.value, index.value.value)
        if isinstance(index, cst.Index) and isinstance(index.value, cst.Name)
        else None
    )


def _find(function: Function) -> Iterator[Site]:
    memories: dict[tuple[cst.CSTNode, str], str] = {}
    for node in function.own:
        names = _set_of(function, node)
        loop = _widest_loop(function, node, *names) if names else None
        if names and loop is not None:
            name = memories.setdefault((loop, names[0]), function.fresh(f"_sets_of_{names[0]}"))
            yield Site(edits={node: instead(_lookup(name, names[1]))}, ahead=((loop, f"{name} = {{}}"),))


def _lookup(memory: str, key: str) -> str:
    return f"({memory}[{key}] if {key} in {memory} else {memory}.setdefault({key}, {{old}}))"


def _set_of(function: Function, node: cst.CSTNode) -> tuple[str, str] | None:
    """`c` and `k` of a `set(c[k])` that is only combined with others."""
    if not isinstance(node, cst.Call) or function.module.callee(node) != "builtins.set" or len(node.args) != 1:
        return None
    names = None if node.args[0].star else subscript(node.args[0].value)
    above = function.module.parent(node)
    looked = isinstance(above, cst.ComparisonTarget) and isinstance(above.operator, cst.In | cst.NotIn)
    combined = isinstance(above, cst.BinaryOperation) and isinstance(
        above.operator, cst.BitAnd | cst.BitOr | cst.Subtract
    )
    return names if names and (looked or combined) and _has_length(function, names[0]) else None


def _has_length(function: Function, owner: str) -> bool:
    for node in function.own:
        if isinstance(node, cst.Call) and function.module.callee(node) == "builtins.len" and len(node.args) == 1:
            names = subscript(node.args[0].value)
            if names and names[0] == owner:
                return True
    return False


def _widest_loop(function: Function, node: cst.CSTNode, owner: str, key: str) -> cst.CSTNode | None:
    """The outermost loop around the one over the keys in which nothing changes."""
    around = function.loops_around(node)
    loops = [loop for loop in around if isinstance(loop, cst.For) and _binds(function, loop, key)]
    if len(loops) != 1 or function.is_generator or not function.is_local(owner) or not function.is_local(key):
        return None
    if any(isinstance(above, cst.CompFor | cst.Lambda) for above in function.module.ancestors(node)):
        return None
    if len(function.stores(key)) != _bound_in(function, key) or key in function.params:
        return None
    outer = around[: around.index(loops[0])]
    quiet = [
        loop for loop in outer if not changes(function, loop, owner) and is_quiet(function, function.module.walk(loop))
    ]
    return quiet[0] if quiet else None


def _binds(function: Function, loop: cst.For, name: str) -> bool:
    return any(isinstance(node, cst.Name) and node.value == name for node in function.module.walk(loop.target))


def _bound_in(function: Function, name: str) -> int:
    """How often `name` is bound as a loop's variable."""
    return sum(isinstance(loop, cst.For) and _binds(function, loop, name) for loop in function.loops)


RULE = Rule(name="set-per-key", summary="one set for each key of a nested loop", gain=0.5, find=_find)
