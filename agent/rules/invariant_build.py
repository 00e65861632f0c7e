"""if y in set(items) inside a loop → the set is made at the first need and kept for the loop.

Made lazily, so that it is made (and fails) exactly when it would have been first. Refuses: items that are not sure to be
a list, tuple, dict, set or text (an iterator would be used up), that are changed, rebound or out of sight in the loop; a
result that is kept, changed or handed on instead of being looked into.
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.function import Function
from agent.rules.purity import changes, escapes, is_quiet
from agent.rules.rewriting import Rule, Site, instead

_MADE = frozenset(f"builtins.{name}" for name in ("set", "frozenset", "max", "min", "sum", "sorted", "list", "tuple"))
_VALUES = frozenset({"builtins.max", "builtins.min", "builtins.sum"})
_SOURCES = frozenset({"list", "tuple", "dict", "set", "frozenset", "str"})


def _find(function: Function) -> Iterator[Site]:
    for node in function.own:
        if isinstance(node, cst.Call) and function.module.callee(node) in _MADE and _is_looked_into(function, node):
            loop = _widest_loop(function, node)
            if loop is not None:
                name = function.fresh(f"_{function.module.callee(node)}".replace("builtins.", ""))
                lazy = instead(f"({name} if {name} is not None else ({name} := {{old}}))")
                yield Site(edits={node: lazy}, ahead=((loop, f"{name} = None"),))


def _widest_loop(function: Function, call: cst.Call) -> cst.CSTNode | None:
    arg = call.args[0] if len(call.args) == 1 else None
    items = arg.value if arg and not arg.star and not arg.keyword else None
    if not isinstance(items, cst.Name) or function.kind(items) not in _SOURCES or function.is_generator:
        return None
    steady = [loop for loop in function.loops_around(call) if _is_steady(function, loop, items.value)]
    in_class = any(isinstance(above, cst.CompFor | cst.Lambda) for above in function.module.ancestors(call))
    return steady[0] if steady and not in_class else None


def _is_steady(function: Function, loop: cst.For | cst.While, name: str) -> bool:
    if changes(function, loop, name):
        return False
    if function.kind(cst.Name(name)) in {"tuple", "str", "frozenset"}:
        return True
    private = name not in function.params and not any(escapes(function, use) for use in function.loads(name))
    return private or is_quiet(function, function.module.walk(loop))


def _is_looked_into(function: Function, call: cst.Call) -> bool:
    """Whether nobody keeps the object: `x in set(…)`, or a number or text that can't be changed anyway."""
    above = function.module.parent(call)
    if isinstance(above, cst.ComparisonTarget):
        return isinstance(above.operator, cst.In | cst.NotIn) and function.module.callee(call) not in _VALUES
    if function.module.callee(call) in _VALUES:
        return (
            isinstance(above, cst.Comparison | cst.BinaryOperation) and function.module.callee(call) != "builtins.sum"
        )
    return isinstance(above, cst.For | cst.CompFor) and above.iter is call


RULE = Rule(name="invariant-build", summary="what a loop does not change is built once", gain=0.6, find=_find)
