"""A function of the module that only calculates with text and numbers → remembers its last results, up to a bound.

Its parameters are all annotated int, str, bytes or bool, its result is one of those too, and its body does nothing but
bind locals, branch, loop, raise and return, with builtins, methods of text, compiled patterns of the module and itself.
Refuses: decorators, defaults, keyword-only parameters, classes' methods, generators, everything it does not know; a
function without calls, which is cheaper than the memory; one that calls itself only once, for memory makes the
recursion run out of stack earlier.
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.definitions import imported
from agent.rules.function import Function
from agent.rules.module import dotted
from agent.rules.purity import READERS, STR_METHODS
from agent.rules.rewriting import Rule, Site

REMEMBERED = 1024
_TYPES = frozenset({"builtins.int", "builtins.str", "builtins.bytes", "builtins.bool"})
_MAKERS = frozenset(
    f"builtins.{name}" for name in ("list", "dict", "set", "id", "type", "hash", "zip", "enumerate", "reversed")
)
_PATTERN_METHODS = frozenset({"match", "fullmatch", "search", "sub", "subn", "findall", "split"})
_MODULES = ("re.", "math.")
_STATEMENTS = (
    cst.Assign, cst.AugAssign, cst.AnnAssign, cst.Return, cst.Raise, cst.If, cst.For, cst.While, cst.Expr, cst.Pass, cst.Break, cst.Continue,
)  # fmt: skip
_REFUSED = (
    cst.Yield, cst.Await, cst.Lambda, cst.FunctionDef, cst.ClassDef, cst.Try, cst.With, cst.Del, cst.Import, cst.ImportFrom,
    cst.Assert, cst.NamedExpr,
)  # fmt: skip


def _find(function: Function) -> Iterator[Site]:
    if _has_plain_signature(function) and _is_pure(function):
        cache = imported(function, "functools.lru_cache")
        line = f"{cache.name}(maxsize={REMEMBERED}, typed=True)"

        def change(node: cst.CSTNode) -> cst.CSTNode:
            return node.with_changes(decorators=[cst.Decorator(cst.parse_expression(line))])

        yield Site(edits={function.node: change}, imports=cache.code)


def _has_plain_signature(function: Function) -> bool:
    node, params = function.node, function.node.params
    others = params.star_arg is not cst.MaybeSentinel.DEFAULT or params.star_kwarg or params.kwonly_params
    if node.decorators or others or not params.params or function.module.root is not function.module.parent(node):
        return False
    if any(p.default for p in params.params) or function.module.bindings[function.name] != 1:
        return False
    said = [p.annotation for p in (*params.posonly_params, *params.params)] + [node.returns]
    return all(a is not None and function.module.origin(a.annotation) in _TYPES for a in said)


def _is_pure(function: Function) -> bool:
    calls = [node for node in function.nodes if isinstance(node, cst.Call)]
    itself = [call for call in calls if isinstance(call.func, cst.Name) and call.func.value == function.name]
    if function.is_generator or not calls or len(itself) == 1 or not (itself or _is_work(function)):
        return False
    if any(isinstance(node, _REFUSED) for node in function.nodes):
        return False
    statements = [n for n in function.nodes if isinstance(n, cst.BaseSmallStatement | cst.BaseCompoundStatement)]
    return (
        all(isinstance(n, _STATEMENTS) for n in statements)
        and all(_is_known_call(function, call) for call in calls)
        and all(_is_known_name(function, name) for name in function.variables)
        and all(_is_method(function, n) for n in function.nodes if isinstance(n, cst.Attribute))
        and not any(
            isinstance(function.module.parent(n), cst.AssignTarget | cst.AugAssign)
            for n in function.nodes
            if isinstance(n, cst.Subscript)
        )
    )


def _is_work(function: Function) -> bool:
    """Whether the body does enough for a lookup to be cheaper: a loop, or a pattern at work."""
    used = {
        use for use in function.variables if _is_pattern(function, use) or function.module.imported.get(use) == "re"
    }
    return bool(used or function.loops or any(isinstance(n, cst.CompFor) for n in function.own))


def _is_known_call(function: Function, call: cst.Call) -> bool:
    origin = function.module.callee(call)
    if origin in READERS:
        return origin not in _MAKERS
    if origin and origin.startswith("re.") and origin.removeprefix("re.") in _PATTERN_METHODS:
        return not _calls_back(call, place=1)
    if origin and origin.startswith("math."):
        return True
    if isinstance(call.func, cst.Name):
        error = (
            isinstance(function.module.parent(call), cst.Raise)
            and origin is not None
            and origin.startswith("builtins.")
        )
        return call.func.value == function.name or error
    return isinstance(call.func, cst.Attribute) and _is_method(function, call.func) and not (
        _is_pattern(function, dotted(call.func.value)) and _calls_back(call, place=0)
    )  # fmt: skip


def _calls_back(call: cst.Call, *, place: int) -> bool:
    """Whether a replacement is anything but a literal: it might be a function."""
    name = call.func.attr.value if isinstance(call.func, cst.Attribute) else getattr(call.func, "value", "")
    if not str(name).startswith("sub"):
        return False
    return len(call.args) <= place or not isinstance(call.args[place].value, cst.SimpleString)


def _is_method(function: Function, node: cst.Attribute) -> bool:
    """Whether `node` is a method of text or of a pattern, and called."""
    call = function.module.parent(node)
    if not isinstance(call, cst.Call) or call.func is not node:
        return (function.module.origin(node) or "").startswith(_MODULES)
    base = dotted(node.value)
    if function.module.origin(node):
        return (function.module.origin(node) or "").startswith(_MODULES)
    if _is_pattern(function, base):
        return node.attr.value in _PATTERN_METHODS
    return node.attr.value in STR_METHODS | {"group", "groups", "start", "end", "span"}


def _is_pattern(function: Function, name: str) -> bool:
    """Whether `name` is bound once in the module, to a compiled pattern."""
    if function.module.bindings[name] != 1:
        return False
    for line in function.module.root.body:
        only = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
        if isinstance(only, cst.Assign) and dotted(only.targets[0].target) == name:
            return function.module.callee(only.value) == "re.compile"
    return False


def _is_known_name(function: Function, name: str) -> bool:
    node = cst.Name(name)
    own = function.is_local(name) or name in function.params or name == function.name
    known = f"{function.module.origin(node) or ''}."
    return own or _is_pattern(function, name) or known.startswith((*_MODULES, "builtins."))


RULE = Rule(name="cached-function", summary="a pure function of text and numbers remembers", gain=0.4, find=_find)
