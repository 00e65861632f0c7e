"""groups[k] read again and again in a loop's body → read once, by an assignment expression at the first place.

Reading is taken to be only reading, see `agent.rules.purity`. Refuses: anything between the first and the last place that
might change `groups`, `k` or anything unknown; a first place that is not always reached; known lists and dicts, where a
second lookup costs no more than a variable.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import libcst as cst

from agent.rules.function import Function
from agent.rules.purity import changes, is_quiet
from agent.rules.rewriting import Edit, Rule, Site, becomes, instead
from agent.rules.set_per_key import subscript

_CONDITIONAL = (
    cst.IfExp,
    cst.BooleanOperation,
    cst.CompFor,
    cst.ListComp,
    cst.SetComp,
    cst.DictComp,
    cst.GeneratorExp,
    cst.Lambda,
    cst.Comparison,
)
_INNER = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp, cst.Lambda)


def _find(function: Function) -> Iterator[Site]:
    for loop in function.loops:
        block = loop.body
        if isinstance(block, cst.IndentedBlock) and not function.is_generator:
            for (owner, key), places in sorted(_places(function, block).items()):
                site = _site(function, block, (owner, key), places)
                if site is not None:
                    yield site


def _places(function: Function, block: cst.IndentedBlock) -> dict[tuple[str, str], list[cst.Subscript]]:
    found: defaultdict[tuple[str, str], list[cst.Subscript]] = defaultdict(list)
    for node in function.module.walk(block):
        names = subscript(node)
        if (
            names
            and isinstance(node, cst.Subscript)
            and not _is_inner(function, node, block)
            and function.kind(node.value) is None
        ):
            found[names].append(node)
    return found


def _is_inner(function: Function, node: cst.CSTNode, block: cst.CSTNode) -> bool:
    """Whether a nested scope or a loop in `block` holds `node`."""
    for above in function.module.ancestors(node):
        if above is block:
            return False
        if isinstance(above, (*_INNER, cst.For, cst.While, cst.FunctionDef, cst.ClassDef)):
            return True
    return True


def _site(
    function: Function, block: cst.IndentedBlock, names: tuple[str, str], places: Sequence[cst.Subscript]
) -> Site | None:
    module, (owner, key) = function.module, names
    if not function.is_local(owner) or not function.is_local(key):
        return None
    sure = next((i for i, place in enumerate(places) if _is_sure(function, place, block)), len(places))
    first, rest = places[sure : sure + 1], places[sure + 1 :]
    if not first or not rest:
        return None
    held = [line for line in block.body if any(module.inside(place, line) for place in [*first, *rest])]
    span = block.body[block.body.index(held[0]) : block.body.index(held[-1]) + 1]
    steady = all(is_quiet(function, module.walk(line)) for line in span)
    if not steady or any(changes(function, line, owner) or function.is_rebound(key, line) for line in span):
        return None
    name = function.fresh(f"_{owner}_of_{key}")
    edits: dict[cst.CSTNode, Edit] = {
        first[0]: instead(f"({name} := {{old}})"),
        **dict.fromkeys(rest, becomes(cst.Name(name))),
    }
    return Site(edits=edits)


def _is_sure(function: Function, place: cst.Subscript, block: cst.IndentedBlock) -> bool:
    """Whether `place` is evaluated whenever the block is, up to its line: in a simple line, or in the test of an if."""
    node: cst.CSTNode = place
    for above in function.module.ancestors(place):
        if above is block:
            return True
        if isinstance(above, cst.Comparison):
            if above.left is not node and above.comparisons[0] is not node:
                return False
        elif isinstance(above, _CONDITIONAL) or (isinstance(above, cst.If) and above.test is not node):
            return False
        elif isinstance(
            above, cst.Try | cst.With | cst.For | cst.While | cst.Assert | cst.AssignTarget | cst.AugAssign
        ):
            return (
                isinstance(above, cst.AugAssign)
                and above.value is node
                and function.module.inside(above, block)
                and _in_line(function, above, block)
            )
        node = above
    return False


def _in_line(function: Function, node: cst.CSTNode, block: cst.IndentedBlock) -> bool:
    return function.module.parent(function.module.parent(node)) is block


RULE = Rule(name="repeated-subscripts", summary="the same subscript is read once", gain=0.15, find=_find)
