"""counter.most_common()[0] → counter.most_common(1)[0], for a Counter made in the function: no sort, the same first of ties.

Refuses: any other object with a method of that name, any other index.
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.function import Function
from agent.rules.rewriting import Rule, Site


def _find(function: Function) -> Iterator[Site]:
    for node in function.own:
        if (
            isinstance(node, cst.Subscript)
            and isinstance(node.value, cst.Call)
            and _is_first(node)
            and _is_counter(function, node.value)
        ):
            yield Site(edits={node.value: lambda call: call.with_changes(args=[cst.Arg(cst.Integer("1"))])})


def _is_first(node: cst.Subscript) -> bool:
    index = node.slice[0].slice if len(node.slice) == 1 else None
    return isinstance(index, cst.Index) and isinstance(index.value, cst.Integer) and index.value.value == "0"


def _is_counter(function: Function, call: cst.Call) -> bool:
    if call.args or not isinstance(call.func, cst.Attribute) or call.func.attr.value != "most_common":
        return False
    owner: cst.BaseExpression | None = call.func.value
    if isinstance(owner, cst.Name):
        owner = function.value_of(owner.value)
    return isinstance(owner, cst.Call) and function.module.callee(owner) == "collections.Counter"


RULE = Rule(name="most-common", summary="the most common one is found without sorting all", gain=0.2, find=_find)
