"""if x not in seen: seen.append(x) → the same with a set beside the list.

The set is trusted only while all elements of the list are plain values (int, str, …), and only for an x that is one: any
other element in the list makes every later test scan the list, as before. Refuses: a list that is not made empty
(or of literals) in the same block, changed in any way but append, or handed out before the last test; x that is no name.
"""

from collections.abc import Iterator, Sequence

import libcst as cst

from agent.rules.function import Function
from agent.rules.plain_types import has_builtins, plain_types
from agent.rules.rewriting import Edit, Rule, Site, code, instead


def _find(function: Function) -> Iterator[Site]:
    if not has_builtins(function, "type", "set", "frozenset", "int", "str", "bytes", "float", "bool"):
        return
    for name in sorted(function.variables):
        value = function.value_of(name)
        if isinstance(value, cst.List) and not value.elements:
            site = _site(function, name)
            if site is not None:
                yield site


def _site(function: Function, name: str) -> Site | None:
    module = function.module
    start = module.enclosing(function.stores(name)[0], cst.SimpleStatementLine)
    block = module.parent(start) if start else None
    tests = [test for use in function.loads(name) if (test := _test(function, use))]
    appends = [line for use in function.loads(name) if (line := _append(function, use))]
    if start is None or block is None or not any(function.loops_around(test) for test in tests) or not appends:
        return None
    others = [use for use in function.loads(name) if not _is_one_of(function, use, [*tests, *appends])]
    if not _come_last(function, others, [*tests, *appends], block) or function.is_generator:
        return None
    return _edits(function, name, start, tests, appends)


def _edits(
    function: Function,
    name: str,
    start: cst.CSTNode,
    tests: Sequence[cst.Comparison],
    appends: Sequence[cst.SimpleStatementLine],
) -> Site:
    known = plain_types(function)
    beside, plain = function.fresh(f"{name}_set"), function.fresh("plain_types")
    edits: dict[cst.CSTNode, Edit] = {}
    for test in tests:
        edits[test.comparisons[0].comparator] = instead(f"({beside} if type({code(test.left)}) in {plain} else {name})")
    edits |= {line: _twice(_appended(line), beside, plain) for line in appends}
    lines = (f"{beside} = set()", f"{plain} = {known.name}")
    return Site(edits=edits, ahead=tuple((start, line) for line in lines), before=known.code)


def _appended(line: cst.SimpleStatementLine) -> str:
    return code(cst.ensure_type(cst.ensure_type(line.body[0], cst.Expr).value, cst.Call).args[0].value)


def _twice(added: str, beside: str, plain: str) -> Edit:
    kept = cst.parse_statement(
        f"if type({added}) in {plain}:\n    {beside}.add({added})\nelse:\n    {plain} = ()  # {beside} lacks this one\n"
    )
    return lambda line: cst.FlattenSentinel([line, kept.deep_clone()])


def _test(function: Function, use: cst.Name) -> cst.Comparison | None:
    target = function.module.parent(use)
    test = function.module.parent(target)
    ok = (
        isinstance(target, cst.ComparisonTarget)
        and target.comparator is use
        and isinstance(target.operator, cst.In | cst.NotIn)
        and isinstance(test, cst.Comparison)
        and len(test.comparisons) == 1
        and isinstance(test.left, cst.Name)
    )
    return test if ok and isinstance(test, cst.Comparison) else None


def _append(function: Function, use: cst.Name) -> cst.SimpleStatementLine | None:
    """The line `seen.append(x)`, in a block of its own lines."""
    module = function.module
    attribute = module.parent(use)
    call = module.parent(attribute)
    line = module.parent(module.parent(call))
    ok = (
        isinstance(attribute, cst.Attribute)
        and attribute.attr.value == "append"
        and isinstance(call, cst.Call)
        and len(call.args) == 1
        and isinstance(call.args[0].value, cst.Name)
        and not call.args[0].star
        and isinstance(module.parent(call), cst.Expr)
        and isinstance(line, cst.SimpleStatementLine)
        and len(line.body) == 1
    )
    return line if ok and isinstance(line, cst.SimpleStatementLine) else None


def _is_one_of(function: Function, use: cst.Name, nodes: Sequence[cst.CSTNode]) -> bool:
    return any(function.module.inside(use, node) for node in nodes)


def _come_last(
    function: Function, others: Sequence[cst.Name], tracked: Sequence[cst.CSTNode], block: cst.CSTNode
) -> bool:
    """Whether every other use stands in a later statement of `block` than all that must be tracked."""
    module = function.module
    if not all(module.inside(node, block) for node in [*tracked, *others]):
        return False
    lines = [line for line in getattr(block, "body", ()) if isinstance(line, cst.CSTNode)]
    last = max(index for index, line in enumerate(lines) for node in tracked if module.inside(node, line))
    return all(not any(module.inside(use, line) for line in lines[: last + 1]) for use in others)


RULE = Rule(name="seen-list", summary="a set beside a list of things seen", gain=0.7, find=_find)
