"""sorted(list(x)) → sorted(x); for i in list(range(n)) → for i in range(n).

Refuses: a copy that protects a loop from changes to what it goes over, so that only copies that are consumed at once by
a builtin, and copies of a range, go.
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.function import Function
from agent.rules.rewriting import Rule, Site, becomes

_COPIES = frozenset({"builtins.list", "builtins.tuple"})
_CONSUMERS = frozenset({f"builtins.{name}" for name in ("list", "tuple", "set", "frozenset", "sorted")})


def _find(function: Function) -> Iterator[Site]:
    for node in function.own:
        if isinstance(node, cst.Call) and function.module.callee(node) in _COPIES and _is_single(node):
            copied = node.args[0].value
            if _is_consumed(function, node) or _is_range_loop(function, node, copied):
                yield Site(edits={node: becomes(copied)})


def _is_single(call: cst.Call) -> bool:
    value = call.args[0] if len(call.args) == 1 else None
    return value is not None and not value.star and not value.keyword and not isinstance(value.value, cst.GeneratorExp)


def _is_consumed(function: Function, node: cst.Call) -> bool:
    arg = function.module.parent(node)
    call = function.module.parent(arg)
    first = (
        isinstance(call, cst.Call)
        and call.args[0] is arg
        and isinstance(arg, cst.Arg)
        and not arg.star
        and not arg.keyword
    )
    return first and function.module.callee(call) in _CONSUMERS


def _is_range_loop(function: Function, node: cst.Call, copied: cst.BaseExpression) -> bool:
    loop = function.module.parent(node)
    goes_over = isinstance(loop, cst.For | cst.CompFor) and loop.iter is node and not loop.asynchronous
    return goes_over and function.module.callee(copied) == "builtins.range"


RULE = Rule(name="needless-copies", summary="no copy of what is consumed at once", gain=0.05, find=_find)
