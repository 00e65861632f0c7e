"""What a Python file defines, from its text alone: functions and classes by qualified name. Pure.

The judge parses here what a candidate wrote: after the sandbox's own parser took it, and no file larger than admission lets
through. What can't be parsed all the same, or is nested too deeply, counts as edited in every function.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SAFE_DECORATORS = frozenset(
    {"staticmethod", "classmethod", "property", "lru_cache", "cache", "cached_property", "wraps"}
)
"""What these make of a function is called like the function."""
TAME_CALLS = SAFE_DECORATORS | {
    "compile", "frozenset", "set", "dict", "list", "tuple", "range", "object", "namedtuple", "attrgetter", "itemgetter",
    "methodcaller", "Struct", "maketrans", "partial", "dataclass", "field", "TypeVar", "getLogger", "sorted", "zip",
    "enumerate", "len", "min", "max", "chr", "ord", "str", "int", "float", "bytes", "join", "items", "keys", "values",
    "ContextVar", "Lock", "RLock", "local", "defaultdict", "OrderedDict", "Counter", "deque", "MappingProxyType",
}  # fmt: skip
"""What may be called while a module is imported without touching anything else."""
_TAME_STATEMENTS = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Pass)


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function or method; all definitions of that name, where there are several."""

    text: tuple[str, ...]
    """Its code without comments, layout and docstring."""
    names: frozenset[str]
    """Every name and attribute that occurs in it."""
    stores: tuple[str, ...]
    """Statements that change attributes of objects."""
    stored: frozenset[str]
    """The attributes that those change."""
    decorators: tuple[str, ...]
    """All of them, as they stand."""
    is_plain: bool
    """Whether what its decorators make of it is called as it is."""


@dataclass(frozen=True, kw_only=True)
class Class:
    """What stands in a class besides its methods."""

    text: tuple[str, ...]
    bases: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Definitions:
    """Everything in one file."""

    functions: Mapping[str, Function] = field(default_factory=dict)
    classes: Mapping[str, Class] = field(default_factory=dict)
    statements: tuple[tuple[str, frozenset[str]], ...] = ()
    """Other statements of the module, each with the names that it binds or, where it binds none, that occur in it."""
    bound: frozenset[str] = frozenset()
    """What those statements and those of classes bind, by qualified name: a function may be known under such a name."""

    wild: tuple[str, ...] = ()
    """What runs at import and may do anything to anybody."""
    imported: frozenset[str] = frozenset()
    """The last names of the modules that are imported, and of what is imported from them."""

    @property
    def attributes(self) -> frozenset[str]:
        """Every attribute that is set somewhere, in methods or in the bodies of classes."""
        stored = (each.stored for each in self.functions.values())
        return frozenset().union(*stored) | {name.rpartition(".")[2] for name in self.bound if "." in name}


def definitions_of(source: str) -> Definitions | None:
    """What `source` defines; None when it can't be read."""
    try:
        tree = ast.parse(source)
        functions: dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]] = {}
        classes: dict[str, list[ast.ClassDef]] = {}
        rest = list(_sorted_out(tree.body, "", functions, classes))
        return Definitions(
            functions={name: _function(nodes) for name, nodes in functions.items()},
            classes={name: _class(nodes) for name, nodes in classes.items()},
            statements=tuple((ast.dump(statement), _bound(statement) or _named(statement)) for statement in rest),
            bound=frozenset(name for statement in rest for name in _bound(statement)).union(
                f"{name}.{each}" for name, nodes in classes.items() for each in _bound_inside(nodes)
            ),
            wild=tuple(_wild(tree, rest)),
            imported=frozenset(name for statement in rest for name in _imported(statement)),
        )
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _sorted_out(
    body: Sequence[ast.stmt],
    prefix: str,
    functions: dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]],
    classes: dict[str, list[ast.ClassDef]],
) -> Iterator[ast.stmt]:
    """Puts functions and classes of `body` where they belong, also those behind a condition; yields what is left."""
    for statement in body:
        if isinstance(statement, FUNCTIONS):
            functions.setdefault(prefix + statement.name, []).append(statement)
        elif isinstance(statement, ast.ClassDef):
            classes.setdefault(prefix + statement.name, []).append(statement)
            for _ in _sorted_out(statement.body, f"{prefix}{statement.name}.", functions, classes):
                pass
        elif bodies := _bodies(statement):
            for part in bodies:
                yield from _sorted_out(part, prefix, functions, classes)
        elif not _is_text(statement):
            yield statement


def _bodies(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a compound statement, whichever it is."""
    branches = [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]
    blocks = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    return [block for block in (*blocks, *(branch.body for branch in branches)) if block]


def _headers(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """What decides which blocks run at import, and runs itself: conditions, iterables, contexts, patterns."""
    for statement in body:
        bodies = [] if isinstance(statement, FUNCTIONS) else _bodies(statement)
        if bodies and not isinstance(statement, ast.ClassDef):
            blocks = {id(each) for block in bodies for each in block}
            branches = [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]
            for owner in (statement, *branches):
                yield from (
                    each for each in ast.iter_child_nodes(owner) if id(each) not in blocks and each not in branches
                )
        for block in bodies:
            yield from _headers(block)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _function(nodes: Sequence[ast.FunctionDef | ast.AsyncFunctionDef]) -> Function:
    stores = [(ast.dump(statement), names) for node in nodes for statement, names in _stores(node)]
    return Function(
        text=tuple(_without_docstring(node) for node in nodes),
        names=frozenset(name for node in nodes for name in _names(node)),
        stores=tuple(text for text, _ in stores),
        stored=frozenset(name for _, names in stores for name in names),
        decorators=tuple(ast.dump(each) for node in nodes for each in node.decorator_list),
        is_plain=all(_is_safe(each) for node in nodes for each in node.decorator_list),
    )


def _is_safe(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(called, ast.Attribute):
        return called.attr in SAFE_DECORATORS | {"setter", "getter", "deleter"}
    return isinstance(called, ast.Name) and called.id in SAFE_DECORATORS


def _without_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    body = node.body[1:] if _is_text(node.body[0]) else node.body
    parts = [node.args, *body, *node.decorator_list, *([node.returns] if node.returns else [])]
    return "\n".join([type(node).__name__, *(ast.dump(part) for part in parts)])


def _class(nodes: Sequence[ast.ClassDef]) -> Class:
    """Its statements but for methods and docstring, its bases, keywords and decorators."""
    parts: list[ast.AST] = []
    for node in nodes:
        parts += [*node.bases, *node.keywords, *node.decorator_list]
        parts += [each for each in node.body if not isinstance(each, (*FUNCTIONS, ast.ClassDef)) and not _is_text(each)]
    bases = frozenset(name for node in nodes for base in node.bases for name in _names(base))
    return Class(text=tuple(ast.dump(part) for part in parts), bases=bases)


def _wild(tree: ast.Module, rest: Sequence[ast.stmt]) -> Iterator[str]:
    """What of the statements, and of signatures, decorators and bodies of classes, is more than a plain value."""
    at_import: list[ast.AST] = [*rest]
    own = {node.name for node in ast.walk(tree) if isinstance(node, (*FUNCTIONS, ast.ClassDef))}
    own |= {name for statement in rest if not _imports(statement) for name in _bound(statement)}
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            at_import += [*node.decorator_list, *_signature(node)]
        elif isinstance(node, ast.ClassDef):
            at_import += [*node.decorator_list, *node.keywords, *node.bases]
            at_import += [
                each for each in node.body if not isinstance(each, (*FUNCTIONS, ast.ClassDef)) and not _is_text(each)
            ]
    yield from (ast.dump(each) for each in _headers(tree.body))
    yield from (ast.dump(each) for each in at_import if not _is_tame(each, own))


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """What of a signature is evaluated when the function is defined."""
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    annotations = [each.annotation for each in every if each]
    yield from filter(None, (*arguments.defaults, *arguments.kw_defaults, *annotations, node.returns))


def _imports(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _is_tame(node: ast.AST, own: set[str]) -> bool:
    """Whether it touches nothing else; `own` are the names that the file itself defines, which may be anything."""
    if isinstance(node, ast.stmt) and not isinstance(node, _TAME_STATEMENTS):
        return False
    if isinstance(node, ast.Assign) and not all(isinstance(target, ast.Name | ast.Tuple) for target in node.targets):
        return False
    return all(_is_tame_call(each, own) for each in ast.walk(node) if isinstance(each, ast.Call))


def _is_tame_call(call: ast.Call, own: set[str]) -> bool:
    """A call of something harmless, which is handed nothing that it could call."""
    called = call.func
    if not isinstance(called, ast.Name | ast.Attribute) or next(_names(called), "") not in TAME_CALLS:
        return False
    handed = [*call.args, *(keyword.value for keyword in call.keywords)]
    callables = any(isinstance(each, ast.Lambda) for argument in handed for each in ast.walk(argument))
    names = {name for argument in handed for name in _names(argument)} | (
        {called.id} if isinstance(called, ast.Name) else set()
    )
    return not callables and not names & own


def _imported(statement: ast.stmt) -> Iterator[str]:
    for each in ast.walk(statement):
        if isinstance(each, ast.ImportFrom):
            yield (each.module or "").rpartition(".")[2]
        if isinstance(each, ast.Import | ast.ImportFrom):
            yield from (part for alias in each.names for part in alias.name.split("."))


def _names(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Attribute):
            yield each.attr


def _bound(statement: ast.stmt) -> frozenset[str]:
    bound = {
        each.id
        for each in ast.walk(statement)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store | ast.Del)
    }
    bound |= {
        (alias.asname or alias.name).partition(".")[0]
        for each in ast.walk(statement)
        if isinstance(each, ast.Import | ast.ImportFrom)
        for alias in each.names
    }
    return frozenset(bound)


def _named(statement: ast.stmt) -> frozenset[str]:
    return frozenset(_names(statement))


def _bound_inside(nodes: Sequence[ast.ClassDef]) -> Iterator[str]:
    for node in nodes:
        for statement in node.body:
            if not isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
                yield from _bound(statement)


def _stores(node: ast.AST) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    """Simple statements that set, delete or may change an attribute: `a.b = …`, `a.b[i] = …`, `a.b.append(…)`."""
    for each in ast.walk(node):
        targets: list[ast.AST] = []
        if isinstance(each, ast.Assign | ast.Delete):
            targets = list(each.targets)
        elif isinstance(each, ast.AugAssign | ast.AnnAssign):
            targets = [each.target]
        elif isinstance(each, ast.Expr) and isinstance(each.value, ast.Call):
            called = each.value.func
            targets = [called.value] if isinstance(called, ast.Attribute) else []
        names = frozenset(name for target in targets for name in _attributes(target))
        if names:
            yield each, names


def _attributes(target: ast.AST) -> Iterator[str]:
    while isinstance(target, ast.Subscript | ast.Starred):
        target = target.value
    if isinstance(target, ast.Attribute):
        yield target.attr
    elif isinstance(target, ast.Tuple | ast.List):
        for each in target.elts:
            yield from _attributes(each)
