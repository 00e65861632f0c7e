"""for i in range(len(x)): … x[i] … → for i, item in enumerate(x), where x is a list, tuple or text made in the function.

Refuses: a list that is changed, handed out or passed to a function in the loop; i or x rebound in it; x[i] stored to; a loop
without x[i]. A parameter counts when it is annotated as list, tuple or str and is only read.
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.function import Function
from agent.rules.purity import changes, escapes, is_quiet
from agent.rules.rewriting import Edit, Rule, Site, becomes, expression

_SEQUENCES = frozenset({"list", "tuple", "str"})


def _find(function: Function) -> Iterator[Site]:
    for loop in function.loops:
        if isinstance(loop, cst.For) and isinstance(loop.target, cst.Name):
            name = _measured(function, loop.iter)
            if name and function.kind(cst.Name(name)) in _SEQUENCES and _is_steady(function, loop, name):
                site = _site(function, loop, name)
                if site is not None:
                    yield site


def _measured(function: Function, node: cst.BaseExpression) -> str | None:
    """`x` of `range(len(x))`."""
    if not isinstance(node, cst.Call) or function.module.callee(node) != "builtins.range" or len(node.args) != 1:
        return None
    inner = node.args[0].value
    if not isinstance(inner, cst.Call) or function.module.callee(inner) != "builtins.len" or len(inner.args) != 1:
        return None
    measured = inner.args[0].value
    return measured.value if isinstance(measured, cst.Name) else None


def _is_steady(function: Function, loop: cst.For, name: str) -> bool:
    """Whether x stays as it is during the loop: text and tuples do, a list that nobody else has or nobody changes."""
    index = loop.target.value  # type: ignore[attr-defined]
    if changes(function, loop.body, name) or function.is_rebound(index, loop.body) or not function.is_local(index):
        return False
    if function.kind(cst.Name(name)) in {"tuple", "str"}:
        return True
    private = name not in function.params and not any(escapes(function, use) for use in function.loads(name))
    return (private or is_quiet(function, function.module.walk(loop.body))) and not function.is_generator


def _site(function: Function, loop: cst.For, name: str) -> Site | None:
    index = loop.target.value  # type: ignore[attr-defined]
    reads = [node for node in function.module.walk(loop.body) if _is_element(node, name, index)]
    if not reads or not all(function.is_local(v) for v in (name, index)):
        return None
    item = function.fresh("_item")
    target = expression("({i}, {item})", i=cst.Name(index), item=cst.Name(item)).with_changes(lpar=(), rpar=())
    edits: dict[cst.CSTNode, Edit] = dict.fromkeys(reads, becomes(cst.Name(item)))
    edits |= {loop.target: becomes(target), loop.iter: becomes(cst.parse_expression(f"enumerate({name})"))}
    return Site(edits=edits)


def _is_element(node: cst.CSTNode, name: str, index: str) -> bool:
    if not isinstance(node, cst.Subscript) or len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Index):
        return False
    key = node.slice[0].slice.value
    return (
        isinstance(node.value, cst.Name)
        and node.value.value == name
        and isinstance(key, cst.Name)
        and key.value == index
    )


RULE = Rule(name="range-len", summary="enumerate instead of an index", gain=0.08, find=_find)
