"""re.match("literal", …) in a hot function → a pattern compiled once, when the module is imported.

The pattern and its flags must be literals that compile here without a warning, since the error or the warning would come
at import instead of at the call. Refuses: patterns that are computed, DEBUG and LOCALE, `re` rebound or imported later.
"""

import re
import warnings
from collections.abc import Iterator

import libcst as cst

from agent.rules.definitions import defined
from agent.rules.function import Function
from agent.rules.rewriting import Rule, Site, becomes, code

_PLACES = {
    "match": 2, "fullmatch": 2, "search": 2, "findall": 2, "finditer": 2, "split": 3, "sub": 4, "subn": 4, "compile": 1,
}  # fmt: skip
"""Functions of re that take a pattern first, and the place of their flags."""
_FLAGS = frozenset({"A", "ASCII", "I", "IGNORECASE", "M", "MULTILINE", "S", "DOTALL", "X", "VERBOSE", "U", "UNICODE"})


def _find(function: Function) -> Iterator[Site]:
    for node in function.own:
        if isinstance(node, cst.Call) and (function.module.callee(node) or "").startswith("re."):
            site = _site(function, node)
            if site is not None:
                yield site


def _site(function: Function, call: cst.Call) -> Site | None:
    action = (function.module.callee(call) or "").removeprefix("re.")
    place = _PLACES.get(action)
    simple = call.args and not any(arg.star for arg in call.args) and call.args[0].keyword is None
    root = _root(call.func)
    early = function.module.import_of(root)
    if (
        place is None
        or not simple
        or early is None
        or function.module.position(early) > function.module.position(function.top)
    ):
        return None
    pattern, flags = call.args[0].value, _flags(call, place)
    compiler = _compiler(call.func, action, function)
    if compiler is None or not _compiles(function, pattern, flags):
        return None
    options = f", {code(flags)}" if flags else ""
    made = f"{compiler}({code(pattern)}{options})"
    regex = defined(function, f"_{function.wish.upper()}_REGEX", lambda name: f"{name} = {made}")
    rest = [arg for arg in call.args[1:] if arg.value is not flags]
    target = cst.Name(regex.name)
    method = call.with_changes(func=cst.Attribute(value=target, attr=cst.Name(action)), args=_without_last_comma(rest))
    new = target.with_changes(lpar=call.lpar, rpar=call.rpar) if action == "compile" else method
    return Site(edits={call: becomes(new)}, before=regex.code)


def _without_last_comma(args: list[cst.Arg]) -> list[cst.Arg]:
    """A comma (and the line break in it) after the last argument goes: the call's own white space follows."""
    last = [arg.with_changes(comma=cst.MaybeSentinel.DEFAULT) for arg in args[-1:]]
    return [*args[:-1], *last]


def _root(node: cst.CSTNode) -> str:
    return _root(node.value) if isinstance(node, cst.Attribute) else getattr(node, "value", "")


def _compiler(func: cst.BaseExpression, action: str, function: Function) -> str | None:
    """How re.compile is spelled here."""
    if isinstance(func, cst.Attribute):
        return f"{code(func.value)}.compile"
    known = [name for name, origin in function.module.imported.items() if origin in {"re", "re.compile"}]
    if action == "compile":
        return code(func)
    return next((f"{n}.compile" if function.module.imported[n] == "re" else n for n in known), None)


def _flags(call: cst.Call, place: int) -> cst.BaseExpression | None:
    for index, arg in enumerate(call.args):
        if (arg.keyword is not None and arg.keyword.value == "flags") or (arg.keyword is None and index == place):
            return arg.value
    return None


def _compiles(function: Function, pattern: cst.BaseExpression, flags: cst.BaseExpression | None) -> bool:
    if not isinstance(pattern, cst.SimpleString | cst.ConcatenatedString) or pattern.evaluated_value is None:
        return False
    value = _value(function, flags)
    if value is None:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compiled = re.compile(pattern.evaluated_value, value)
    except (re.error, Warning, ValueError, OverflowError, RecursionError):
        return False
    return not compiled.flags & re.LOCALE


def _value(function: Function, flags: cst.BaseExpression | None) -> int | None:
    """The flags' value when they are spelled out."""
    if flags is None:
        return 0
    if isinstance(flags, cst.BinaryOperation) and isinstance(flags.operator, cst.BitOr):
        left, right = _value(function, flags.left), _value(function, flags.right)
        return None if left is None or right is None else left | right
    name = (function.module.origin(flags) or "").removeprefix("re.")
    return int(getattr(re, name)) if name in _FLAGS else None


RULE = Rule(name="compiled-regex", summary="a literal pattern is compiled once", gain=0.3, find=_find)
