"""What a rule is, and how the places it found become new text."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import libcst as cst
from libcst.helpers import parse_template_expression

from agent.rules.function import Function
from agent.rules.hot import HotFunction
from agent.rules.module import Module

Edit = Callable[[Any], cst.CSTNode | cst.FlattenSentinel[Any] | cst.RemovalSentinel]
"""What becomes of a node, given the node with all edits below it done."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """One place where a rule applies; all of it is done or nothing."""

    edits: Mapping[cst.CSTNode, Edit]
    ahead: tuple[tuple[cst.CSTNode, str], ...] = ()
    """Statements to put before a statement of the function."""
    imports: tuple[str, ...] = ()
    """Lines for the top of the module."""
    before: tuple[str, ...] = ()
    """Module code to put before the statement that holds the function."""
    after: tuple[str, ...] = ()
    """Module code to put after it."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """The module's new text after one site."""

    function: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rewrite that keeps behaviour, as far as can be known from one module's text."""

    name: str
    summary: str
    gain: float
    """The share of a hot function's time that it saves where it matters, roughly; orders what is tried first."""
    find: Callable[[Function], Iterator[Site]]

    def rewrite(self, source: str, hot: Sequence[HotFunction]) -> str | None:
        """`source` with every site changed; None when there is none."""
        module = _module(source)
        sites = _disjoint(module, self._sites(module, hot)) if module else []
        return _valid(module, sites) if module and sites else None

    def each(self, source: str, hot: Sequence[HotFunction]) -> list[Change]:
        """`source` with one site changed, for each site."""
        module = _module(source)
        found = self._sites(module, hot) if module else []
        texts = ((function, _valid(module, [(function, site)])) for function, site in found if module)
        return [Change(function=function.name, text=text) for function, text in texts if text is not None]

    def _sites(self, module: Module, hot: Sequence[HotFunction]) -> list[tuple[Function, Site]]:
        functions = [_function(module, one.name) for one in hot if one.name in module.functions]
        return [(function, site) for function in functions if function.is_tractable for site in self.find(function)]


def expression(template: str, **parts: cst.BaseExpression) -> cst.BaseExpression:
    """The expression that `template` spells, with `parts` put in for {names}."""
    return parse_template_expression(template, cst.PartialParserConfig(), **parts)


def instead(template: str) -> Edit:
    """An edit that puts in `template`, where {old} stands for what was there; its own parentheses stay."""

    def change(old: cst.BaseExpression) -> cst.BaseExpression:
        new = expression(template, old=old) if "{old}" in template else cst.parse_expression(template)
        bare = not new.lpar and "{old}" not in template
        return new.with_changes(lpar=old.lpar, rpar=old.rpar) if bare and old.lpar else new

    return change


def becomes(new: cst.CSTNode | cst.RemovalSentinel) -> Edit:
    """An edit that puts in `new`, whatever was there."""
    return lambda _: new


def code(node: cst.CSTNode) -> str:
    """The text of `node`."""
    return cst.Module(body=()).code_for_node(node)


def _module(source: str) -> Module | None:
    """The parsed source with no new names handed out; None when it is no Python that libcst reads."""
    module = _parse(source)
    if module is not None:
        module.forget_names()
    return module


@lru_cache(maxsize=16)
def _parse(source: str) -> Module | None:
    try:
        return Module(source)
    except (cst.ParserSyntaxError, RecursionError):
        return None


@lru_cache(maxsize=512)
def _function(module: Module, name: str) -> Function:
    return Function(module, module.functions[name], name)


def _disjoint(module: Module, sites: Iterable[tuple[Function, Site]]) -> list[tuple[Function, Site]]:
    """Of sites that touch the same code, the first."""
    kept: list[tuple[Function, Site]] = []
    taken: list[cst.CSTNode] = []
    for function, site in sites:
        inside = module.inside
        if not any(inside(node, other) or inside(other, node) for node in site.edits for other in taken):
            kept.append((function, site))
            taken += site.edits
    return kept


def _valid(module: Module, sites: Sequence[tuple[Function, Site]]) -> str | None:
    """The new text; None when the result would be no Python (a keyword glued to a name, say)."""
    try:
        changed = module.root.visit(_Applier(_plan(module, sites)))
        text = changed.code
        compile(text, "<rewritten>", "exec", dont_inherit=True)
    except (cst.CSTValidationError, SyntaxError, ValueError):
        return None
    return text if text != module.source else None


@dataclass(kw_only=True)
class _Plan:
    edits: dict[cst.CSTNode, Edit] = field(default_factory=dict)
    before: dict[cst.CSTNode, list[str]] = field(default_factory=dict)
    after: dict[cst.CSTNode, list[str]] = field(default_factory=dict)


def _plan(module: Module, sites: Sequence[tuple[Function, Site]]) -> _Plan:
    plan = _Plan()
    for function, site in sites:
        plan.edits |= site.edits
        for statement, code in site.ahead:
            _add(plan.before, statement, (code,))
        _add(plan.before, function.top, [f"\n{code.strip()}" for code in site.before])
        _add(plan.after, function.top, [f"\n{code.strip()}" for code in site.after])
        missing = [line for line in site.imports if line not in module.source.splitlines()]
        _add(plan.before, _first_statement(module), missing, front=True)
    return plan


def _add(where: dict[cst.CSTNode, list[str]], node: cst.CSTNode, codes: Iterable[str], *, front: bool = False) -> None:
    for code in codes:
        known = where.setdefault(node, [])
        if code not in known:
            known.insert(0 if front else len(known), code)


def _first_statement(module: Module) -> cst.CSTNode:
    """The first statement that is neither the docstring nor a __future__ import."""
    return next(line for line in module.root.body if not _must_lead(line))


def _must_lead(line: cst.CSTNode) -> bool:
    first = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
    if isinstance(first, cst.ImportFrom):
        return isinstance(first.module, cst.Name) and first.module.value == "__future__"
    return isinstance(first, cst.Expr) and isinstance(first.value, cst.SimpleString | cst.ConcatenatedString)


class _Applier(cst.CSTTransformer):
    def __init__(self, plan: _Plan) -> None:
        super().__init__()
        self._plan = plan

    def on_leave(self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT) -> Any:
        change = self._plan.edits.get(original_node)
        new = change(updated_node) if change else updated_node
        before, after = self._plan.before.get(original_node, []), self._plan.after.get(original_node, [])
        if not before and not after:
            return new
        news = tuple(new) if isinstance(new, cst.FlattenSentinel) else (new,)
        return cst.FlattenSentinel([*map(_statement, before), *news, *map(_statement, after)])


def _statement(text: str) -> cst.CSTNode:
    """A text that begins with a line feed stands apart from what is before it, a definition even more so."""
    statement = cst.parse_statement(text.lstrip() + "\n")
    apart = (2 if isinstance(statement, cst.FunctionDef) else 1) if text.startswith("\n") else 0
    return statement.with_changes(leading_lines=[cst.EmptyLine(indent=False)] * apart)
