"""sum([[…] for x in y], []) → one list, without copying the sum so far at each step.

Refuses: anything to add but what is sure to be a list (a display, a comprehension, list() or sorted()), since sum() would
refuse to add other things to a list; a start that is not the empty list.
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.definitions import imported
from agent.rules.function import Function
from agent.rules.rewriting import Rule, Site, expression


def _find(function: Function) -> Iterator[Site]:
    for node in function.own:
        if isinstance(node, cst.Call) and function.module.callee(node) == "builtins.sum" and _is_flat(function, node):
            yield _site(function, node)


def _is_flat(function: Function, call: cst.Call) -> bool:
    if len(call.args) != 2 or call.args[1].keyword or any(arg.star for arg in call.args):  # noqa: PLR2004 - lists and start
        return False
    lists, start = call.args[0].value, call.args[1].value
    empty = isinstance(start, cst.List) and not start.elements
    made = isinstance(lists, cst.ListComp | cst.GeneratorExp) and not _has_yield(function, lists)
    return empty and made and function.kind(lists.elt) == "list"  # type: ignore[attr-defined]


def _has_yield(function: Function, node: cst.CSTNode) -> bool:
    return any(
        isinstance(n, cst.Yield | cst.Await | cst.Asynchronous | cst.NamedExpr) for n in function.module.walk(node)
    )


def _site(function: Function, call: cst.Call) -> Site:
    chain = imported(function, "itertools.chain")

    def change(node: cst.CSTNode) -> cst.CSTNode:
        lists = node.args[0].value  # type: ignore[attr-defined]
        made = cst.ListComp(elt=lists.elt, for_in=lists.for_in)
        return expression(f"list({chain.name}.from_iterable({{lists}}))", lists=made)

    return Site(edits={call: change}, imports=chain.code)


RULE = Rule(name="flat-sum", summary="lists are chained, not summed", gain=0.5, find=_find)
