"""What a source file consists of: imports, classes, functions. Text that is no Python has none of them."""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_LONGEST_HEAD = 30
"""A class whose lines before its first method are more than this is shown by its methods alone."""
SMALL_GAP = 3
"""Parts with at most this many lines between them are shown as one, with these lines."""
_PLAIN = (ast.Import, ast.ImportFrom, ast.Pass)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Lines of a file that are shown together, from 1, both ends included."""

    path: str
    name: str
    """For people: the qualified name of a function, or what else it is."""
    start: int
    end: int

    def covers(self, other: "Part") -> bool:
        """Whether every line of `other` is in this part."""
        return self.path == other.path and self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, kw_only=True)
class _Definition:
    part: Part
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@lru_cache(maxsize=64)
def lines_of(text: str) -> tuple[str, ...]:
    """The lines without their ends."""
    return tuple(text.removesuffix("\n").split("\n"))


def whole(path: str, text: str) -> Part:
    """The file from its first to its last line."""
    return Part(path=path, name="", start=1, end=len(lines_of(text)))


@lru_cache(maxsize=64)
def functions(path: str, text: str) -> tuple[Part, ...]:
    """Every function with its decorators, nested ones too, in the order of the file."""
    return tuple(one.part for one in _definitions(path, text) if not isinstance(one.node, ast.ClassDef))


@lru_cache(maxsize=4096)
def function_at(path: str, text: str, line: int) -> Part | None:
    """The outermost function around `line`."""
    around = [part for part in functions(path, text) if part.start <= line <= part.end]
    return max(around, key=lambda part: part.end - part.start, default=None)


def imports(path: str, text: str) -> Iterator[Part]:
    """From the first to the last import at the head of the file, if there is one."""
    found = []
    for node in _tree(path, text).body:
        if isinstance(node, ast.Import | ast.ImportFrom) or _is_conditional_import(node):
            found.append(node)
        elif not _is_docstring(node) and not _is_dunder(node):
            break
    if found:
        yield Part(path=path, name="imports", start=found[0].lineno, end=found[-1].end_lineno or found[-1].lineno)


def class_head(path: str, text: str, method: Part) -> Iterator[Part]:
    """The class of `method` as far as its first method, where that is short, and its `__init__`."""
    owner = method.name.rpartition(".")[0]
    named = _by_name(path, text)
    if owner in named and isinstance(named[owner].node, ast.ClassDef):
        head = _head(named[owner])
        if head.end - head.start < _LONGEST_HEAD:
            yield head
        if f"{owner}.__init__" in named:
            yield named[f"{owner}.__init__"].part


def module_level(path: str, text: str) -> Iterator[Part]:
    """Statements outside of functions and classes, imports and docstrings aside."""
    for node in _tree(path, text).body:
        definition = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if not definition and not isinstance(node, _PLAIN) and not _is_docstring(node):
            yield Part(path=path, name="module level", start=node.lineno, end=node.end_lineno or node.lineno)


def only_imports(path: str, text: str) -> bool:
    """Whether the file is Python and does nothing but import, and name what it offers."""
    body = _tree(path, text).body
    return bool(body) and all(isinstance(node, _PLAIN) or _is_docstring(node) or _is_dunder(node) for node in body)


def pieces(path: str, text: str, function: Part, line: int) -> Iterator[tuple[Part, ...]]:
    """Ever smaller extracts of `function`: how it begins, and a statement around `line`."""
    node = next((one.node for one in _definitions(path, text) if one.part == function), None)
    inside: list[ast.stmt] = node.body if node else []
    begin = Part(path=path, name=function.name, start=function.start, end=inside[0].lineno - 1) if inside else function
    while inside:
        around = [child for child in inside if child.lineno <= line <= (child.end_lineno or child.lineno)]
        for child in around:
            shown = Part(path=path, name=function.name, start=child.lineno, end=child.end_lineno or child.lineno)
            name = f"{function.name} ({_left_out(function, begin, shown)} of its {_size(function)} lines are left out)"
            yield tuple(Part(path=path, name=name, start=part.start, end=part.end) for part in (begin, shown))
        inside = [child for parent in around for child in ast.iter_child_nodes(parent) if isinstance(child, ast.stmt)]


def _size(part: Part) -> int:
    return part.end - part.start + 1


def _left_out(function: Part, begin: Part, shown: Part) -> int:
    gap = shown.start - begin.end - 1
    return _size(function) - _size(begin) - _size(shown) - (gap if gap <= SMALL_GAP else 0)


def _head(owner: _Definition) -> Part:
    """The class from its decorators to the statement before its first method."""
    end = owner.node.lineno
    for node in owner.node.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            break
        end = node.end_lineno or end
    return Part(path=owner.part.path, name=f"class {owner.part.name}", start=owner.part.start, end=end)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_conditional_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.If | ast.Try) and any(isinstance(n, ast.Import | ast.ImportFrom) for n in node.body)


def _is_dunder(node: ast.stmt) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return all(isinstance(target, ast.Name) and target.id.startswith("__") for target in targets)


@lru_cache(maxsize=64)
def _tree(path: str, text: str) -> ast.Module:
    """The parsed file; empty when it is no Python, or newer than this interpreter."""
    empty = ast.Module(body=[], type_ignores=[])
    if not path.endswith((".py", ".pyi")):
        return empty
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return empty


@lru_cache(maxsize=64)
def _definitions(path: str, text: str) -> tuple[_Definition, ...]:
    """Without recursion, for code may be nested deeper than our own stack allows."""
    found = []
    waiting: list[tuple[ast.AST, str]] = [(_tree(path, text), "")]
    while waiting:
        node, prefix = waiting.pop()
        for child in ast.iter_child_nodes(node):
            name = prefix
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{prefix}.{child.name}".lstrip(".")
                found.append(_definition(path, child, name))
            if not isinstance(child, ast.expr):
                waiting.append((child, name))
    return tuple(sorted(found, key=lambda one: one.part.start))


@lru_cache(maxsize=64)
def _by_name(path: str, text: str) -> dict[str, _Definition]:
    return {one.part.name: one for one in _definitions(path, text)}


def _definition(path: str, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, name: str) -> _Definition:
    start = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return _Definition(part=Part(path=path, name=name, start=start, end=node.end_lineno or node.lineno), node=node)
