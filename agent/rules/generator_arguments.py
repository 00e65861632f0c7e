"""tuple(f(x) for x in y) → tuple([f(x) for x in y]): these callees make a list of the generator anyway.

Refuses: a generator that calls next() or sends, where a stray StopIteration would end differently; yield and await inside.
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.function import Function
from agent.rules.rewriting import Rule, Site, becomes

_TAKERS = frozenset({"builtins.tuple", "builtins.sorted", "builtins.list"})
_STOPPING = frozenset({"next", "__next__", "send", "throw", "StopIteration", "iter"})


def _find(function: Function) -> Iterator[Site]:
    for node in function.own:
        if isinstance(node, cst.Call) and node.args and _takes_all(function, node):
            generator = node.args[0].value
            if isinstance(generator, cst.GeneratorExp) and _is_simple(function, generator):
                made = cst.ListComp(elt=generator.elt, for_in=generator.for_in)
                yield Site(edits={generator: becomes(made)})


def _takes_all(function: Function, call: cst.Call) -> bool:
    if call.args[0].star or call.args[0].keyword:
        return False
    joins = (
        isinstance(call.func, cst.Attribute) and call.func.attr.value == "join" and function.is_plain(call.func.value)
    )
    return joins or function.module.callee(call) in _TAKERS


def _is_simple(function: Function, generator: cst.GeneratorExp) -> bool:
    nodes = function.module.walk(generator)
    stops = any(isinstance(node, cst.Name) and node.value in _STOPPING for node in nodes)
    odd = any(isinstance(node, cst.Yield | cst.Await | cst.NamedExpr | cst.Asynchronous) for node in nodes)
    return not stops and not odd


RULE = Rule(
    name="generator-arguments", summary="a comprehension where a generator gains nothing", gain=0.08, find=_find
)
