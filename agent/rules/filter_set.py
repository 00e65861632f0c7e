"""[a for a in new if a not in old] → looks up in a set of `old`, made once for the comprehension.

A helper in the module makes the set only when both lists hold nothing but plain values (ints, strings, …), so that
hashing and comparing agree, and hands back `old` itself otherwise. Refuses: `old` or `new` that are not plain local
names; anything else in the comprehension than names, literals and comparisons, since a call might change `old`; an
`old` that is such a set already.
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.definitions import defined
from agent.rules.function import Function
from agent.rules.plain_types import has_builtins, plain_types
from agent.rules.rewriting import Rule, Site, becomes, code

_HELPER = """
def {name}(items, tested):
    if type(items) is list and type(tested) is list and len(items) > {few} and len(tested) > 1:
        if {plain}.issuperset(map(type, items)) and {plain}.issuperset(map(type, tested)):
            return frozenset(items)
    return items
"""
_FEW = 6
"""Up to this length a scan is as fast as making the set."""
_ALLOWED = (
    cst.Name, cst.Comparison, cst.ComparisonTarget, cst.BaseCompOp, cst.CompIf, cst.CompFor, cst.Integer, cst.SimpleString,
    cst.BooleanOperation, cst.BaseBooleanOp, cst.UnaryOperation, cst.Not, cst.LeftParen, cst.RightParen,
    cst.LeftSquareBracket, cst.RightSquareBracket, cst.ListComp, cst.SetComp, cst.LeftCurlyBrace, cst.RightCurlyBrace,
)  # fmt: skip


def _find(function: Function) -> Iterator[Site]:
    if not has_builtins(function, "type", "list", "len", "frozenset", "map", "int", "str", "bytes", "float", "bool"):
        return
    for node in function.own:
        if isinstance(node, cst.ListComp | cst.SetComp) and _is_simple(function, node):
            lookup = _lookup(function, node)
            site = _site(function, node, lookup) if lookup else None
            if site is not None:
                yield site


def _is_simple(function: Function, made: cst.ListComp | cst.SetComp) -> bool:
    loop = made.for_in
    local = isinstance(loop.iter, cst.Name) and function.is_local(loop.iter.value)
    one = loop.inner_for_in is None and len(loop.ifs) == 1 and loop.asynchronous is None
    return local and one and all(isinstance(node, _ALLOWED) for node in function.module.walk(made))


def _lookup(function: Function, made: cst.ListComp | cst.SetComp) -> cst.ComparisonTarget | None:
    """The `in old` of a condition that is nothing else."""
    test = made.for_in.ifs[0].test
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    target = test.comparisons[0]
    tested, old = made.for_in.target, target.comparator
    same = isinstance(test.left, cst.Name) and isinstance(tested, cst.Name) and test.left.value == tested.value
    names = isinstance(old, cst.Name) and old.value != getattr(tested, "value", "") and function.is_local(old.value)
    return target if same and names and isinstance(target.operator, cst.In | cst.NotIn) else None


def _site(function: Function, made: cst.ListComp | cst.SetComp, lookup: cst.ComparisonTarget) -> Site | None:
    line = function.module.enclosing(made, cst.SimpleStatementLine)
    if not isinstance(line, cst.SimpleStatementLine) or not _runs_first(function, made, line):
        return None
    old = function.value_of(code(lookup.comparator))
    plain = plain_types(function)
    helper = defined(function, "_as_set", lambda name: _HELPER.format(name=name, plain=plain.name, few=_FEW))
    if isinstance(old, cst.Call) and code(old.func) == helper.name:
        return None
    known = function.fresh("_known")
    return Site(
        edits={lookup.comparator: becomes(cst.Name(known))},
        ahead=((line, f"{known} = {helper.name}({code(lookup.comparator)}, {code(made.for_in.iter)})"),),
        before=(*plain.code, *helper.code),
    )


def _runs_first(function: Function, made: cst.CSTNode, line: cst.SimpleStatementLine) -> bool:
    """Whether `line` always evaluates `made`, and nothing before it that might change the lists."""
    small = line.body
    if len(small) != 1 or not isinstance(small[0], cst.Assign | cst.AugAssign | cst.Return | cst.AnnAssign):
        return False
    choices = (
        cst.IfExp,
        cst.BooleanOperation,
        cst.Lambda,
        cst.CompFor,
        cst.ListComp,
        cst.SetComp,
        cst.DictComp,
        cst.GeneratorExp,
    )
    if any(isinstance(above, choices) for above in function.module.ancestors(made)):
        return False
    loud = (cst.Call, cst.NamedExpr, cst.Yield, cst.Await)
    others = [n for n in function.module.walk(line) if isinstance(n, loud) and not function.module.inside(n, made)]
    return all(
        isinstance(n, cst.Call) and isinstance(n.func, cst.Name) and n.args[:1] and n.args[0].value is made
        for n in others
    )


RULE = Rule(name="filter-set", summary="membership in a list is looked up in a set", gain=0.6, find=_find)
