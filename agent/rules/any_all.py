"""any([f(x) for x in y]) → any(f(x) for x in y): stops at the first answer.

Refuses: whatever might be seen to run or to fail for the later elements, so that only tests, comparisons of plain values
and calls of methods of text remain.
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.function import Function
from agent.rules.purity import STR_METHODS
from agent.rules.rewriting import Rule, Site, becomes

_SAFE = (
    cst.Name, cst.Comparison, cst.ComparisonTarget, cst.SimpleString, cst.Integer, cst.BooleanOperation, cst.BaseBooleanOp,
    cst.BaseCompOp, cst.UnaryOperation, cst.Not, cst.CompFor, cst.In, cst.CompIf, cst.Arg, cst.Call, cst.Attribute,
    cst.Comma, cst.LeftParen, cst.RightParen, cst.ListComp, cst.LeftSquareBracket, cst.RightSquareBracket, cst.Dot,
    cst.Set, cst.Element,
)  # fmt: skip
_TESTS = frozenset({"builtins.isinstance", "builtins.callable"})


def _find(function: Function) -> Iterator[Site]:
    for node in function.own:
        if isinstance(node, cst.Call) and function.module.callee(node) in {"builtins.any", "builtins.all"}:
            made = node.args[0].value if len(node.args) == 1 and not node.args[0].star else None
            if isinstance(made, cst.ListComp) and _is_harmless(function, made):
                lazy = cst.GeneratorExp(elt=made.elt, for_in=made.for_in, lpar=(), rpar=())
                yield Site(edits={made: becomes(lazy)})


def _is_harmless(function: Function, made: cst.ListComp) -> bool:
    nodes = function.module.walk(made)
    return (
        made.for_in.inner_for_in is None
        and all(isinstance(node, _SAFE) for node in nodes)
        and isinstance(made.for_in.iter, cst.Name)
        and function.kind(made.for_in.iter) is not None
        and all(_is_test(function, node) for node in nodes if isinstance(node, cst.Call))
        and all(_is_equality(node) for node in nodes if isinstance(node, cst.ComparisonTarget))
        and all(isinstance(function.module.parent(n), cst.Call) for n in nodes if isinstance(n, cst.Attribute))
    )


def _is_test(function: Function, call: cst.Call) -> bool:
    if function.module.callee(call) in _TESTS:
        return True
    text = isinstance(call.func, cst.Attribute) and function.kind(call.func.value) == "str"
    return text and isinstance(call.func, cst.Attribute) and call.func.attr.value in STR_METHODS


def _is_equality(target: cst.ComparisonTarget) -> bool:
    return isinstance(target.operator, cst.Equal | cst.NotEqual | cst.Is | cst.IsNot)


RULE = Rule(name="any-all", summary="any() and all() stop at the first answer", gain=0.2, find=_find)
