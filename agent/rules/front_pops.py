"""while queue: x = queue.pop(0) … queue.append(y) → the same with a deque.

Refuses: a list that is used for anything but `while queue`, `len(queue)`, pop(0), append, extend; one that is iterated,
indexed, returned or passed on; a pop(0) that is not the first thing the `while queue:` does (an empty deque's message
differs).
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.definitions import imported
from agent.rules.function import Function
from agent.rules.rewriting import Edit, Rule, Site, code, instead

_KEPT = frozenset({"append", "extend"})


def _find(function: Function) -> Iterator[Site]:
    for name in sorted(function.variables):
        value = function.value_of(name)
        if value is None or function.kind(value) != "list":
            continue
        pops = [pop for use in function.loads(name) if (pop := _front_pop(function, use))]
        if (
            pops
            and all(_is_first(function, pop, name) for pop in pops)
            and all(_is_known(function, u) for u in function.loads(name))
        ):
            yield _site(function, value, pops)


def _site(function: Function, value: cst.BaseExpression, pops: list[cst.Call]) -> Site:
    deque = imported(function, "collections.deque")

    def popped(call: cst.Call) -> cst.Call:
        if isinstance(call.func, cst.Attribute):
            return call.with_changes(func=call.func.with_changes(attr=cst.Name("popleft")), args=())
        return call

    edits: dict[cst.CSTNode, Edit] = {value: _made(function, value, deque.name), **dict.fromkeys(pops, popped)}
    return Site(edits=edits, imports=deque.code)


def _made(function: Function, value: cst.BaseExpression, deque: str) -> Edit:
    """The deque of a list, without making the list where it is only a copy, or empty."""
    if isinstance(value, cst.Call) and function.module.callee(value) == "builtins.list":
        return lambda call: call.with_changes(func=cst.parse_expression(deque))
    return instead(f"{deque}()" if code(value) == "[]" else f"{deque}({{old}})")


def _method(function: Function, use: cst.Name) -> tuple[str, cst.Call] | None:
    attribute = function.module.parent(use)
    call = function.module.parent(attribute)
    if isinstance(attribute, cst.Attribute) and isinstance(call, cst.Call) and call.func is attribute:
        return attribute.attr.value, call
    return None


def _front_pop(function: Function, use: cst.Name) -> cst.Call | None:
    name, call = _method(function, use) or ("", None)
    first = call.args[0].value if call and len(call.args) == 1 else None
    return call if name == "pop" and isinstance(first, cst.Integer) and first.value == "0" else None


def _is_first(function: Function, pop: cst.Call, name: str) -> bool:
    """Whether `pop` is in the first line of a `while name:`, and alone there."""
    loop = function.module.enclosing(pop, cst.While)
    if not isinstance(loop, cst.While) or not isinstance(loop.test, cst.Name) or loop.test.value != name:
        return False
    line = loop.body.body[0]
    uses = [use for use in function.loads(name) if function.module.inside(use, line)]
    simple = isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
    calls = [node for node in function.module.walk(line) if isinstance(node, cst.Call)]
    return simple and len(uses) == 1 and calls == [pop]


def _is_known(function: Function, use: cst.Name) -> bool:
    above = function.module.parent(use)
    if isinstance(above, cst.While | cst.If):
        return above.test is use
    if isinstance(above, cst.UnaryOperation):
        return isinstance(above.operator, cst.Not)
    if isinstance(above, cst.Arg):
        return function.module.callee(function.module.parent(above)) == "builtins.len"
    name, _ = _method(function, use) or ("", None)
    return _front_pop(function, use) is not None or (name in _KEPT and _is_statement(function, use))


def _is_statement(function: Function, use: cst.Name) -> bool:
    return isinstance(function.module.parent(function.module.parent(function.module.parent(use))), cst.Expr)


RULE = Rule(name="front-pops", summary="a deque for a list that is emptied from the front", gain=0.4, find=_find)
