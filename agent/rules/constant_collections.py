"""names = {"a": 1, …} inside a hot function, only read there → built once, when the module is imported.

Refuses: a collection that is stored to, passed on, returned, iterated into something that keeps it, or whose elements are
not literals (or tuples of literals): whatever could change it or tell that it is the same object at each call.
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.definitions import defined
from agent.rules.function import Function
from agent.rules.purity import is_stored
from agent.rules.rewriting import Rule, Site, becomes, code

_FEWEST = 3
_LITERALS = (cst.SimpleString, cst.Integer, cst.Float)
_READS = frozenset({"get", "index", "count"})


def _find(function: Function) -> Iterator[Site]:
    for node in function.own:
        if (
            isinstance(node, cst.Dict | cst.Set | cst.List)
            and len(node.elements) >= _FEWEST
            and _is_constant(function, node)
        ):
            if _is_inside_constant(function, node):
                continue
            uses = _uses(function, node)
            if uses is not None and all(_only_reads(function, use) for use in uses):
                yield _site(function, node)


def _site(function: Function, node: cst.BaseExpression) -> Site:
    values = defined(function, f"_{function.wish.upper()}_VALUES", lambda name: f"{name} = {code(node)}")
    return Site(edits={node: becomes(cst.Name(values.name))}, before=values.code)


def _is_inside_constant(function: Function, node: cst.CSTNode) -> bool:
    return isinstance(function.module.parent(node), cst.DictElement | cst.Element)


def _is_constant(function: Function, node: cst.CSTNode) -> bool:
    if isinstance(node, _LITERALS):
        return True
    if isinstance(node, cst.Name):
        return node.value in {"None", "True", "False"}
    if isinstance(node, cst.UnaryOperation):
        return isinstance(node.expression, cst.Integer | cst.Float)
    if isinstance(node, cst.Dict):
        parts = [part for e in node.elements for part in (getattr(e, "key", None), e.value)]
        return all(part is not None and _is_element(function, part) for part in parts)
    if isinstance(node, cst.Set | cst.List):
        return all(isinstance(e, cst.Element) and _is_element(function, e.value) for e in node.elements)
    return False


def _is_element(function: Function, node: cst.CSTNode) -> bool:
    if isinstance(node, cst.Tuple):
        return all(isinstance(e, cst.Element) and _is_element(function, e.value) for e in node.elements)
    return not isinstance(node, cst.Dict | cst.Set | cst.List) and _is_constant(function, node)


def _uses(function: Function, node: cst.BaseExpression) -> list[cst.CSTNode] | None:
    """The places that read the collection: itself, or the local it is assigned to."""
    target = function.module.parent(node)
    if not isinstance(target, cst.Assign):
        return [node]
    name = target.targets[0].target if len(target.targets) == 1 else None
    if not isinstance(name, cst.Name) or function.value_of(name.value) is not node:
        return None
    return [*function.loads(name.value)]


def _only_reads(function: Function, use: cst.CSTNode) -> bool:
    module = function.module
    above = module.parent(use)
    if isinstance(above, cst.ComparisonTarget):
        return isinstance(above.operator, cst.In | cst.NotIn) and not isinstance(use, cst.Set | cst.List)
    if isinstance(above, cst.For):
        return above.iter is use and isinstance(use, cst.Name)
    if isinstance(above, cst.Subscript):
        return above.value is use and not is_stored(function, above)
    if isinstance(above, cst.Attribute):
        call = module.parent(above)
        return above.attr.value in _READS and isinstance(call, cst.Call) and call.func is above
    return isinstance(above, cst.Arg) and module.callee(module.parent(above)) == "builtins.len"


RULE = Rule(name="constant-collections", summary="a constant collection is built once", gain=0.15, find=_find)
