"""What of a Python file may do anything to anybody while it is imported, from its text alone. Pure."""

import ast
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from checks.calls.syntax import FUNCTIONS, SAFE_DECORATORS, blocks_of, bound_by, branches_of, is_text, names_of

TAME_CALLS = SAFE_DECORATORS | {
    "compile", "frozenset", "set", "dict", "list", "tuple", "range", "object", "namedtuple", "attrgetter", "itemgetter",
    "methodcaller", "Struct", "maketrans", "partial", "dataclass", "field", "TypeVar", "getLogger", "sorted", "zip",
    "enumerate", "len", "min", "max", "chr", "ord", "str", "int", "float", "bytes", "join", "items", "keys", "values",
    "ContextVar", "Lock", "RLock", "local", "defaultdict", "OrderedDict", "Counter", "deque", "MappingProxyType",
}  # fmt: skip
"""What may be called while a module is imported without touching anything else."""
_TAME_DECORATORS = SAFE_DECORATORS | {
    "dataclass", "abstractmethod", "contextmanager", "overload", "final", "override", "total_ordering", "unique",
}  # fmt: skip
"""What may decorate while a module is imported without touching anything else."""
ACCESSORS = frozenset({"setter", "getter", "deleter"})
_TAME_STATEMENTS = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Pass)


@dataclass(frozen=True, kw_only=True)
class _Standing:
    """What names stand for while a file is imported."""

    own: frozenset[str]
    """What the file itself defines or binds, which may be anything, but for plain literals."""
    defined: frozenset[str]
    """Functions and classes among them."""
    foreign: frozenset[str]
    """What it imports from outside the standard library, or under another name."""
    hooked: bool
    """Whether one of its classes may run code when it gets an heir."""

    @cached_property
    def values(self) -> frozenset[str]:
        """What is its own and may be an object with methods of the file's own."""
        return self.own - self.defined

    @cached_property
    def strangers(self) -> frozenset[str]:
        """Whatever may be something else than the name says."""
        return self.own | self.foreign


def wild(tree: ast.Module, rest: Sequence[ast.stmt], defined: Collection[str]) -> Iterator[str]:
    """What of the statements, and of signatures, decorators and bodies of classes, is more than a plain value."""
    nodes = list(ast.walk(tree))
    names = _standing(tree, nodes)
    yield from (ast.dump(each) for each in _headers(tree.body))
    yield from (ast.dump(each) for each in rest if bound_by(each).intersection(defined) or not _is_tame(each, names))
    for node in nodes:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield from (ast.dump(each) for each in node.decorator_list if not _is_tame_decorator(each, names))
        if isinstance(node, FUNCTIONS):
            yield from (ast.dump(each) for each in _signature(node) if not _is_tame(each, names))
        elif isinstance(node, ast.ClassDef):
            yield from (ast.dump(each) for each in _wild_in_class(node, names))


def _wild_in_class(node: ast.ClassDef, names: _Standing) -> Iterator[ast.AST]:
    yield from (
        each for each in node.keywords if not _is_tame(each, names) or names.strangers.intersection(names_of(each))
    )
    suspects = names.own if names.hooked else names.values
    yield from (each for each in node.bases if not _is_tame(each, names) or suspects.intersection(names_of(each)))
    plain = [each for each in node.body if not isinstance(each, (*FUNCTIONS, ast.ClassDef)) and not is_text(each)]
    yield from (each for each in plain if not _is_tame(each, names))


def _standing(tree: ast.Module, nodes: Sequence[ast.AST]) -> _Standing:
    inside = list(_at_import(tree))
    definitions = [each for each in nodes if isinstance(each, (*FUNCTIONS, ast.ClassDef))]
    defined = frozenset(each.name for each in definitions)
    bound = Counter(name for each in inside for name in _binds(each))
    changed = {name for each in nodes if isinstance(each, ast.Global) for name in each.names}
    literal = {name for each in tree.body for name in _literal(each) if bound[name] == 1} - changed - defined
    return _Standing(
        own=frozenset(bound) - literal | changed | defined,
        defined=defined,
        foreign=frozenset(name for each in inside for name in _foreign(each)),
        hooked="__init_subclass__" in defined | bound.keys()
        or any(isinstance(each, ast.ClassDef) and each.keywords for each in definitions),
    )


def _at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """Everything but bodies of functions, and the variables of comprehensions, which are their own."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, FUNCTIONS):
            pending += [*node.decorator_list, *_signature(node)]
        elif isinstance(node, ast.comprehension):
            pending += [node.iter, *node.ifs]
        else:
            pending += ast.iter_child_nodes(node)


def _binds(node: ast.AST) -> Iterator[str]:
    """The names that this very node binds, imports aside."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def _literal(statement: ast.stmt) -> Iterator[str]:
    """The name that is bound to a literal, whose methods are Python's own."""
    kinds = (ast.Constant, ast.Dict, ast.List, ast.Set, ast.Tuple, ast.Load)
    if isinstance(statement, ast.Assign) and all(isinstance(each, kinds) for each in ast.walk(statement.value)):
        yield from (each.id for each in statement.targets if isinstance(each, ast.Name))


def _foreign(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return
    for alias in node.names:
        module = alias.name if isinstance(node, ast.Import) else "." * node.level + (node.module or "")
        known = module.partition(".")[0] in sys.stdlib_module_names
        if not known and alias.name == "*":
            yield from TAME_CALLS
        elif not known or alias.asname not in {None, alias.name}:
            yield (alias.asname or alias.name).partition(".")[0]


def _headers(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """What decides which blocks run at import, and runs itself: conditions, iterables, contexts, patterns."""
    for statement in body:
        bodies = [] if isinstance(statement, FUNCTIONS) else blocks_of(statement)
        if bodies and not isinstance(statement, ast.ClassDef):
            blocks = {id(each) for block in bodies for each in block}
            branches = branches_of(statement)
            for owner in (statement, *branches):
                yield from (
                    each for each in ast.iter_child_nodes(owner) if id(each) not in blocks and each not in branches
                )
        for block in bodies:
            yield from _headers(block)


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """What of a signature is evaluated when the function is defined."""
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    annotations = [each.annotation for each in every if each]
    yield from filter(None, (*arguments.defaults, *arguments.kw_defaults, *annotations, node.returns))


def _is_tame(node: ast.AST, names: _Standing) -> bool:
    """Whether evaluating it touches nothing else."""
    if isinstance(node, ast.stmt) and not isinstance(node, _TAME_STATEMENTS):
        return False
    return all(_is_tame_part(each, names) for each in ast.walk(node))


def _is_tame_part(node: ast.AST, names: _Standing) -> bool:
    """Whether this very node calls nothing of the file's own, be it by brackets, operators or attributes."""
    if isinstance(node, ast.Call):
        return _is_tame_call(node, names)
    if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return False
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Call):
        return False
    suspects = names.own if isinstance(node, ast.Subscript | ast.comprehension) else names.values
    return not any(_touches(each, suspects) for each in _operands(node))


def _operands(node: ast.AST) -> Sequence[ast.expr]:
    """What is asked for its methods by this very node."""
    match node:
        case ast.BinOp(left=left, right=right):
            return left, right
        case ast.Compare():
            return node.left, *node.comparators
        case ast.UnaryOp(operand=value) | ast.comprehension(iter=value):
            return (value,)
        case ast.Attribute() | ast.Subscript() | ast.Starred() | ast.FormattedValue():
            return (node.value,)
    return ()


def _touches(node: ast.expr, suspects: frozenset[str]) -> bool:
    """Whether it is, or holds, something of that name. Operators are looked at by themselves."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.BinOp | ast.UnaryOp):
        return False
    return not suspects.isdisjoint(names_of(node))


def _is_tame_call(call: ast.Call, names: _Standing) -> bool:
    """A call of something harmless, which is handed nothing that it could call."""
    called = call.func
    if not isinstance(called, ast.Name | ast.Attribute) or next(names_of(called), "") not in TAME_CALLS:
        return False
    if _touches(called, names.strangers):
        return False
    handed = [*call.args, *(keyword.value for keyword in call.keywords)]
    keys = [keyword.value for keyword in call.keywords if keyword.arg in {None, "key"}]
    return not any(
        isinstance(part, ast.Lambda) or (isinstance(part, ast.Name) and part.id in names.own)
        for each in handed
        for part in ast.walk(each)
    ) and all(isinstance(key, ast.Name) and key.id in TAME_CALLS - names.strangers for key in keys)


def _is_tame_decorator(decorator: ast.expr, names: _Standing) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(called, ast.Attribute) and called.attr in ACCESSORS:
        return _is_tame(called, names)
    known = isinstance(called, ast.Name | ast.Attribute) and next(names_of(called)) in _TAME_DECORATORS
    if not known or _touches(called, names.strangers):
        return False
    return not isinstance(decorator, ast.Call) or all(
        _is_tame(each, names) and names.own.isdisjoint(names_of(each))
        for each in (*decorator.args, *decorator.keywords)
    )
