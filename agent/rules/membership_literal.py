"""x in (1, 2, 3, 4) → x in {1, 2, 3, 4}, where x is sure to be an int, a str or bytes.

Refuses: x of a type that is not known (it may be unhashable, or equal to something it does not hash like), elements that
are no literals, and fewer than four of them, where a scan is as fast.
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.function import Function
from agent.rules.rewriting import Rule, Site, becomes

_FEWEST = 4


def _find(function: Function) -> Iterator[Site]:
    for node in function.own:
        if isinstance(node, cst.Comparison) and len(node.comparisons) == 1 and function.is_plain(node.left):
            target = node.comparisons[0]
            values = target.comparator
            if isinstance(target.operator, cst.In | cst.NotIn) and _is_constant(values):
                elements = [cst.Element(value=e.value, comma=e.comma) for e in getattr(values, "elements", ())]
                yield Site(edits={values: becomes(cst.Set(elements=elements))})


def _is_constant(values: cst.BaseExpression) -> bool:
    if not isinstance(values, cst.Tuple | cst.List) or len(values.elements) < _FEWEST:
        return False
    literals = (cst.SimpleString, cst.ConcatenatedString, cst.Integer)
    return all(isinstance(e.value, literals) and _is_evaluable(e.value) for e in values.elements)


def _is_evaluable(value: cst.BaseExpression) -> bool:
    return not isinstance(value, cst.ConcatenatedString) or value.evaluated_value is not None


RULE = Rule(name="membership-literal", summary="membership in a set of literals", gain=0.1, find=_find)
