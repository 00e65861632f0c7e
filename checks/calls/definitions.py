"""What a Python file defines, from its text alone: functions and classes by qualified name. Pure.

The judge parses here what a candidate wrote: after the sandbox's own parser took it, and no file larger than admission lets
through. What can't be parsed all the same, or is nested too deeply, counts as edited in every function.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from checks.calls.at_import import ACCESSORS, wild
from checks.calls.syntax import FUNCTIONS, SAFE_DECORATORS, blocks_of, bound_by, is_text, names_of

KEPT = 64
"""Files whose definitions are kept, since each check asks for those of the same candidate."""


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

    @cached_property
    def methods(self) -> Mapping[str, tuple[str, ...]]:
        """The functions that stand in each class."""
        return _grouped((name.rpartition(".")[0], name) for name in self.functions)

    @cached_property
    def heirs(self) -> Mapping[str, tuple[str, ...]]:
        """The classes by the names that occur in their bases."""
        return _grouped((base, name) for name, each in self.classes.items() for base in each.bases)

    @cached_property
    def users(self) -> Mapping[str, frozenset[str]]:
        """The functions in which each name occurs."""
        pairs = ((used, name) for name, each in self.functions.items() for used in each.names)
        return {used: frozenset(names) for used, names in _grouped(pairs).items()}

    @cached_property
    def attributes(self) -> frozenset[str]:
        """Every attribute that is set somewhere, in methods or in the bodies of classes."""
        stored = (each.stored for each in self.functions.values())
        return frozenset().union(*stored) | {name.rpartition(".")[2] for name in self.bound if "." in name}


@lru_cache(maxsize=KEPT)
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
            statements=tuple((ast.dump(statement), bound_by(statement) or _named(statement)) for statement in rest),
            bound=frozenset(name for statement in rest for name in bound_by(statement)).union(
                f"{name}.{each}" for name, nodes in classes.items() for each in _bound_inside(nodes)
            ),
            wild=tuple(wild(tree, rest, {*functions, *classes})),
            imported=frozenset(name for statement in rest for name in _imported(statement)),
        )
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    grouped = defaultdict(list)
    for key, value in pairs:
        grouped[key].append(value)
    return {key: tuple(values) for key, values in grouped.items()}


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
        elif bodies := blocks_of(statement):
            for part in bodies:
                yield from _sorted_out(part, prefix, functions, classes)
        elif not is_text(statement):
            yield statement


def _function(nodes: Sequence[ast.FunctionDef | ast.AsyncFunctionDef]) -> Function:
    stores = [(ast.dump(statement), names) for node in nodes for statement, names in _stores(node)]
    return Function(
        text=tuple(_without_docstring(node) for node in nodes),
        names=frozenset(name for node in nodes for name in names_of(node)),
        stores=tuple(text for text, _ in stores),
        stored=frozenset(name for _, names in stores for name in names),
        decorators=tuple(ast.dump(each) for node in nodes for each in node.decorator_list),
        is_plain=all(_is_safe(each) for node in nodes for each in node.decorator_list),
    )


def _is_safe(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(called, ast.Attribute):
        return called.attr in SAFE_DECORATORS | ACCESSORS
    return isinstance(called, ast.Name) and called.id in SAFE_DECORATORS


def _without_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    body = node.body[1:] if is_text(node.body[0]) else node.body
    parts = [node.args, *body, *node.decorator_list, *([node.returns] if node.returns else [])]
    return "\n".join([type(node).__name__, *(ast.dump(part) for part in parts)])


def _class(nodes: Sequence[ast.ClassDef]) -> Class:
    """Its statements but for methods and docstring, its bases, keywords and decorators."""
    parts: list[ast.AST] = []
    for node in nodes:
        parts += [*node.bases, *node.keywords, *node.decorator_list]
        parts += [each for each in node.body if not isinstance(each, (*FUNCTIONS, ast.ClassDef)) and not is_text(each)]
    bases = frozenset(name for node in nodes for base in node.bases for name in names_of(base))
    return Class(text=tuple(ast.dump(part) for part in parts), bases=bases)


def _imported(statement: ast.stmt) -> Iterator[str]:
    for each in ast.walk(statement):
        if isinstance(each, ast.ImportFrom):
            yield (each.module or "").rpartition(".")[2]
        if isinstance(each, ast.Import | ast.ImportFrom):
            yield from (part for alias in each.names for part in alias.name.split("."))


def _named(statement: ast.stmt) -> frozenset[str]:
    return frozenset(names_of(statement))


def _bound_inside(nodes: Sequence[ast.ClassDef]) -> Iterator[str]:
    for node in nodes:
        for statement in node.body:
            if not isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
                yield from bound_by(statement)


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
