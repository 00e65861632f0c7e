"""The code that a model gets to see: the hottest functions first, with their callers; small files as a whole."""

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from core.proposing import Brief

_SMALL_FILE_SHARE = 0.3
"""A file up to this share of the room is shown as a whole."""
_LINES_AROUND = 40
"""How much is shown around a hot line that belongs to no function."""


@dataclass(frozen=True, kw_only=True)
class _Span:
    """Lines of a file, from 1, both ends included."""

    path: str
    start: int
    end: int

    def covers(self, other: "_Span") -> bool:
        return self.path == other.path and self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, kw_only=True)
class _Function:
    """A function with its decorators."""

    name: str
    """Qualified: Class.method, outer.inner."""
    start: int
    end: int


@dataclass(kw_only=True)
class _Page:
    """What has been chosen so far, in the order of choice."""

    sources: Mapping[str, str]
    room: int
    spans: list[_Span] = field(default_factory=list)

    def add(self, span: _Span) -> None:
        """Choose `span` if it fits and says something new."""
        text = _shown(span, self.sources)
        if len(text) <= self.room and not any(chosen.covers(span) for chosen in self.spans):
            self.spans = [chosen for chosen in self.spans if not span.covers(chosen)]
            self.spans.append(span)
            self.room -= len(text)


def excerpts(brief: Brief, *, characters: int) -> str:
    """Parts of the parent's code as exact text, each under the path of its file, at most `characters` in all."""
    page = _Page(sources=brief.sources, room=characters)
    small = characters * _SMALL_FILE_SHARE
    for span in _wanted(brief):
        text = brief.sources[span.path]
        if len(text) <= small:
            page.add(_whole(span.path, text))
        page.add(span)
        if page.spans and page.spans[-1] == span:
            for imports in _imports(span.path, text):
                page.add(imports)
    return "".join(_shown(span, brief.sources) for span in page.spans)


def _wanted(brief: Brief) -> Iterator[_Span]:
    """Hot functions, then their callers; files from the shortest where no hot code is known."""
    sources = brief.sources
    hot = [spot for profile in brief.profiles for spot in profile.hotspots if sources.get(spot.path)]
    hot.sort(key=lambda spot: -spot.own_share)
    for spot in hot:
        yield _around(spot.path, spot.line, sources[spot.path])
    for spot in hot:
        for caller in spot.callers:
            yield from _named(caller, sources)
    if not hot:
        for path in sorted(sources, key=lambda path: (not path.endswith(".py"), len(sources[path]), path)):
            yield _whole(path, sources[path])


def _whole(path: str, text: str) -> _Span:
    return _Span(path=path, start=1, end=len(_lines(text)))


def _around(path: str, line: int, text: str) -> _Span:
    """The outermost function at `line`, or the lines around it."""
    at = [function for function in _functions(path, text) if function.start <= line <= function.end]
    if at:
        outer = max(at, key=lambda function: function.end - function.start)
        return _Span(path=path, start=outer.start, end=outer.end)
    end = min(len(_lines(text)), line + _LINES_AROUND)
    return _Span(path=path, start=max(1, min(line, end) - _LINES_AROUND), end=max(1, end))


def _named(caller: str, sources: Mapping[str, str]) -> Iterator[_Span]:
    """The function that `path:function` names, if it is ours."""
    path, _, name = caller.rpartition(":")
    for function in _functions(path, sources.get(path, "")):
        if function.name == name or function.name.endswith(f".{name}"):
            yield _Span(path=path, start=function.start, end=function.end)


def _imports(path: str, text: str) -> Iterator[_Span]:
    """From the first line to the last import at the head of the file, if there is one."""
    end = 0
    for node in _tree(path, text).body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.Import | ast.ImportFrom):
            end = node.end_lineno or end
        elif not docstring:
            break
    if end:
        yield _Span(path=path, start=1, end=end)


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
def _functions(path: str, text: str) -> tuple[_Function, ...]:
    """Every function of the file; without recursion, for code may be nested deeper than our own stack allows."""
    found = []
    waiting: list[tuple[ast.AST, str]] = [(_tree(path, text), "")]
    while waiting:
        node, prefix = waiting.pop()
        for child in ast.iter_child_nodes(node):
            name = prefix
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{prefix}.{child.name}".lstrip(".")
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                found.append(_function(child, name))
            if not isinstance(child, ast.expr):
                waiting.append((child, name))
    return tuple(found)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> _Function:
    start = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return _Function(name=name, start=start, end=node.end_lineno or node.lineno)


@lru_cache(maxsize=64)
def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.removesuffix("\n").split("\n"))


def _shown(span: _Span, sources: Mapping[str, str]) -> str:
    """The path with what part of the file it is, and the lines as they are."""
    lines = _lines(sources[span.path])
    part = "\n".join(lines[span.start - 1 : span.end])
    whole = span.start <= 1 and span.end >= len(lines)
    where = "the whole file" if whole else f"from line {span.start}"
    return f"=== {span.path} ({where})\n{part.rstrip()}\n\n"
