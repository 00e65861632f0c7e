"""k in d.keys() → k in d, for a d that is sure to be a dict made in the function (other mappings may differ)."""

from collections.abc import Iterator

import libcst as cst

from agent.rules.function import Function
from agent.rules.rewriting import Rule, Site, becomes


def _find(function: Function) -> Iterator[Site]:
    for node in function.own:
        if isinstance(node, cst.ComparisonTarget) and isinstance(node.operator, cst.In | cst.NotIn):
            owner = _owner_of_keys(function, node.comparator)
            if owner is not None:
                yield Site(edits={node.comparator: becomes(owner)})


def _owner_of_keys(function: Function, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """`d` of `d.keys()`, also inside list() or set(), which need the keys hashed or compared all the same."""
    if isinstance(node, cst.Call) and function.module.callee(node) == "builtins.set" and len(node.args) == 1:
        return _owner_of_keys(function, node.args[0].value)
    if not isinstance(node, cst.Call) or node.args or not isinstance(node.func, cst.Attribute):
        return None
    owner = node.func.value
    is_dict = isinstance(owner, cst.Name) and owner.value not in function.params and function.kind(owner) == "dict"
    return owner if is_dict and node.func.attr.value == "keys" else None


RULE = Rule(name="keys-membership", summary="membership in a dict, not in its keys()", gain=0.1, find=_find)
