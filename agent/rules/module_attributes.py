"""math.sqrt(x) in a loop → the function is looked up in its module once for each call of the hot function.

Only functions that this Python's own copy of the module has, so that the earlier lookup can't fail. Refuses: modules
that are rebound or imported inside functions, loops of a comprehension alone, modules whose functions tests like to replace.
"""

import importlib
from collections import defaultdict
from collections.abc import Iterator

import libcst as cst

from agent.rules.function import Function
from agent.rules.rewriting import Rule, Site, becomes

_MODULES = frozenset({"math", "operator", "heapq", "bisect", "itertools", "struct", "string"})


def _find(function: Function) -> Iterator[Site]:
    found: defaultdict[tuple[cst.CSTNode, str], list[cst.Attribute]] = defaultdict(list)
    for node in function.own:
        loops = function.loops_around(node) if isinstance(node, cst.Attribute) else []
        if loops and isinstance(node, cst.Attribute) and _is_stable(function, node):
            found[loops[0], f"{node.value.value}.{node.attr.value}"].append(node)  # type: ignore[attr-defined]
    for (loop, spelled), nodes in found.items():
        name = function.fresh("_" + spelled.replace(".", "_"))
        yield Site(edits=dict.fromkeys(nodes, becomes(cst.Name(name))), ahead=((loop, f"{name} = {spelled}"),))


def _is_stable(function: Function, node: cst.Attribute) -> bool:
    if not isinstance(node.value, cst.Name):
        return False
    module = function.module.origin(node.value)
    called = function.module.parent(node)
    known = module in _MODULES and hasattr(importlib.import_module(module), node.attr.value)
    return known and isinstance(called, cst.Call) and called.func is node and not node.lpar


RULE = Rule(name="module-attributes", summary="a module's function is looked up once", gain=0.04, find=_find)
