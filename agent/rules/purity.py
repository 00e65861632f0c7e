"""What code leaves alone.

This is taken for granted, and nothing else:

- reading is only reading: looking up an attribute or a subscript, iterating a container, comparing and calculating change
  no object that the function holds by another name;
- builtins and the standard library mean what they say; nobody replaces them, or a constant in capitals, from outside;
- no other thread changes the arguments of a function while it runs.
"""

from collections.abc import Iterable

import libcst as cst

from agent.rules.function import Function

_READERS = (
    "abs", "all", "any", "ascii", "bin", "bool", "bytes", "chr", "complex", "dict", "divmod", "enumerate", "float",
    "format", "frozenset", "hash", "hex", "id", "int", "isinstance", "issubclass", "len", "list", "max", "min", "oct",
    "ord", "pow", "range", "repr", "reversed", "round", "set", "slice", "sorted", "str", "sum", "tuple", "type", "zip",
)  # fmt: skip
READERS = frozenset(f"builtins.{name}" for name in _READERS)
"""Builtins that only look at their arguments."""
_PURE_MODULES = ("math.", "itertools.", "operator.", "string.")
_CALLBACKS = frozenset({"key", "default_factory"})
STR_METHODS = frozenset({
    "capitalize", "casefold", "center", "count", "encode", "endswith", "expandtabs", "find", "index", "isalnum", "isalpha",
    "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isspace", "istitle", "isupper", "join",
    "ljust", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rjust",
    "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title", "upper", "zfill",
})  # fmt: skip
_READING_METHODS = frozenset({"get", "keys", "values", "items", "copy", "count", "index", "union", "intersection"})
_GROWING_METHODS = frozenset({"append", "add", "extend", "update", "discard", "setdefault", "pop"})
_LOUD = (cst.Await, cst.Yield, cst.Lambda, cst.FunctionDef, cst.ClassDef, cst.With, cst.Del, cst.Import, cst.ImportFrom)
_CONTAINERS = frozenset({"list", "dict", "set"})


def is_quiet(function: Function, nodes: Iterable[cst.CSTNode]) -> bool:
    """Whether `nodes` change nothing but variables and containers that the function itself has made."""
    return all(_is_quiet(function, node) for node in nodes)


def _is_quiet(function: Function, node: cst.CSTNode) -> bool:
    if isinstance(node, _LOUD):
        return False
    if isinstance(node, cst.Call):
        return is_quiet_call(function, node)
    if isinstance(node, cst.AugAssign):
        return _is_quiet_sum(function, node)
    if isinstance(node, cst.AssignTarget | cst.AnnAssign | cst.For):
        targets = function.module.walk(node.target)
        return all(_is_own_target(function, target) for target in targets)
    return True


def _is_own_target(function: Function, target: cst.CSTNode) -> bool:
    above = function.module.parent(target)
    if isinstance(target, cst.Attribute):
        return isinstance(above, cst.Subscript | cst.Attribute | cst.SubscriptElement | cst.Index)
    if isinstance(target, cst.Subscript) and not isinstance(above, cst.Index):
        return is_own_container(function, target.value)
    return True


def _is_quiet_sum(function: Function, node: cst.AugAssign) -> bool:
    """`x += …` changes an object in place when x is a list, so that x must be known for something else, or our own."""
    if isinstance(node.target, cst.Subscript):
        return is_own_container(function, node.target.value)
    return isinstance(node.target, cst.Name) and is_number(function, node.target.value)


def is_number(function: Function, name: str) -> bool:
    """Whether every assignment of the local `name` is a number literal or arithmetic that starts from one."""
    if name in function.params or not function.is_local(name):
        return False
    for store in function.stores(name):
        line = function.module.parent(function.module.parent(store))
        if isinstance(function.module.parent(store), cst.AugAssign):
            continue
        if not isinstance(line, cst.Assign) or len(line.targets) != 1 or not _has_number(function, line.value):
            return False
    return True


def _has_number(function: Function, value: cst.BaseExpression) -> bool:
    if isinstance(value, cst.BinaryOperation):
        return _has_number(function, value.left) or _has_number(function, value.right)
    return isinstance(value, cst.Integer | cst.Float) or function.kind(value) == "int"


def is_own_container(function: Function, node: cst.CSTNode) -> bool:
    """Whether `node` is a local that only ever names lists, dicts or sets made in this function."""
    return isinstance(node, cst.Name) and node.value not in function.params and function.kind(node) in _CONTAINERS


def is_quiet_call(function: Function, call: cst.Call) -> bool:
    """Whether `call` only reads, or changes a container of the function's own."""
    if any(arg.keyword and arg.keyword.value in _CALLBACKS for arg in call.args):
        return False
    origin = function.module.callee(call)
    if origin:
        return origin in READERS or origin.startswith(_PURE_MODULES)
    if not isinstance(call.func, cst.Attribute):
        return False
    owner, method = call.func.value, call.func.attr.value
    if function.kind(owner) == "str":
        return method in STR_METHODS
    return is_own_container(function, owner) and method in _READING_METHODS | _GROWING_METHODS


def changes(function: Function, within: cst.CSTNode, name: str) -> bool:
    """Whether `within` binds `name`, stores into it, or calls one of its methods that may change it."""
    if function.is_rebound(name, within):
        return True
    return any(_may_change(function, use) for use in function.loads(name) if function.module.inside(use, within))


def _may_change(function: Function, use: cst.Name) -> bool:
    above = function.module.parent(use)
    over = function.module.parent(above)
    if isinstance(above, cst.Subscript) and above.value is use:
        return is_stored(function, above)
    if isinstance(above, cst.Attribute) and above.value is use:
        reads = above.attr.value in _READING_METHODS | STR_METHODS
        return not (reads and isinstance(over, cst.Call) and over.func is above)
    return False


def is_stored(function: Function, node: cst.CSTNode) -> bool:
    """Whether `node` (a subscript) is assigned or deleted rather than read; what is unpacked into counts as well."""
    above = function.module.parent(node)
    if isinstance(above, cst.AugAssign | cst.AnnAssign | cst.For | cst.CompFor):
        return above.target is node
    return isinstance(above, cst.AssignTarget | cst.Del | cst.Element | cst.AsName)


def escapes(function: Function, use: cst.Name) -> bool:
    """Whether reading `use` may give the object itself another name, so that it may change unseen."""
    above = function.module.parent(use)
    if isinstance(above, cst.Subscript):
        return above.value is not use
    if isinstance(above, cst.Attribute):
        return not isinstance(function.module.parent(above), cst.Call)
    if isinstance(above, cst.Arg):
        call = function.module.parent(above)
        return not (isinstance(call, cst.Call) and function.module.callee(call) in READERS)
    if isinstance(above, cst.ComparisonTarget | cst.Comparison | cst.If | cst.While | cst.UnaryOperation):
        return False
    return not (isinstance(above, cst.For | cst.CompFor) and above.iter is use)
