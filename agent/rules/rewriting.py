"""What a rule is, and how the places it found become new text."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import libcst as cst
from libcst.helpers import parse_template_expression

from agent.rules.function import Function
from agent.rules.hot import HotFunction
from agent.rules.layout import Line, in_front, with_statements
from agent.rules.module import Module

MOST_ROUNDS = 3
"""How often a rewrite is applied to its own output, for what is nested in, or brought out by, an earlier change."""
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
    """Statements for the module, to put before its first function."""
    after: tuple[tuple[cst.CSTNode, str], ...] = ()
    """Statements for the module, to put after one of its statements."""


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
        """`source` with every site changed, also those that only the change of others brings out; None for no site."""
        return settled(source, lambda text: self._round(text, hot))

    def _round(self, source: str, hot: Sequence[HotFunction]) -> str | None:
        module = _module(source)
        sites = _disjoint(module, self._sites(module, hot)) if module else []
        return _valid(module, sites) if module and sites else None

    def each(self, source: str, hot: Sequence[HotFunction]) -> list[Change]:
        """`source` with one site changed, for each site."""
        module = _module(source)
        changes = []
        for function, site in self._sites(module, hot) if module else ():
            text = _valid(module, [(function, site)]) if module else None
            changes += [Change(function=function.name, text=text)] if text is not None else []
            function.module.forget_names()
        return changes

    def _sites(self, module: Module, hot: Sequence[HotFunction]) -> Iterator[tuple[Function, Site]]:
        for function in (_function(module, one.name) for one in hot if one.name in module.functions):
            if function.is_tractable:
                yield from ((function, site) for site in self.find(function))


def settled(source: str, change: Callable[[str], str | None]) -> str | None:
    """`source` changed until `change` finds nothing more, at most MOST_ROUNDS times; None when it finds nothing at all."""
    text = source
    for _ in range(MOST_ROUNDS):
        new = change(text)
        if new is None:
            break
        text = new
    return text if text != source else None


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
        plan = _plan(module, sites)
        changed = module.root.visit(_Applier(plan))
        text = with_statements(changed, plan.at, plan.imports).code
        compile(text, "<rewritten>", "exec", dont_inherit=True)
    except (cst.CSTValidationError, SyntaxError, ValueError):
        return None
    return text if text != module.source else None


@dataclass(kw_only=True)
class _Plan:
    edits: dict[cst.CSTNode, Edit] = field(default_factory=dict)
    ahead: dict[cst.CSTNode, list[str]] = field(default_factory=dict)
    at: dict[int, list[str]] = field(default_factory=dict)
    imports: list[str] = field(default_factory=list)


def _plan(module: Module, sites: Sequence[tuple[Function, Site]]) -> _Plan:
    plan = _Plan()
    for function, site in sites:
        plan.edits |= site.edits
        for statement, line in site.ahead:
            _add(plan.ahead.setdefault(statement, []), line)
        for text in site.before:
            _add(plan.at.setdefault(_place(function, text), []), text)
        for owner, text in site.after:
            _add(plan.at.setdefault(_place_after(module, [owner]), []), text)
        for line in site.imports:
            _add(plan.imports, line)
    return plan


def _add(codes: list[str], new: str) -> None:
    if new not in codes:
        codes.append(new)


def _place(function: Function, text: str) -> int:
    """Before all functions, so that none runs earlier, but after what `text` needs that is imported before `function`."""
    module = function.module
    words = frozenset(re.findall(r"\w+", text))
    imports = [module.import_of(name) for name in words & module.imported.keys()]
    return _place_after(
        module, [line for line in imports if line and module.position(line) < module.position(function.top)]
    )


def _place_after(module: Module, needed: Iterable[cst.CSTNode]) -> int:
    """The first place in the body that comes after `needed` and the last before all functions."""
    lines = list(module.root.body)
    return max([module.first_definition, *(lines.index(line) + 1 for line in needed)])  # type: ignore[arg-type]


class _Applier(cst.CSTTransformer):
    def __init__(self, plan: _Plan) -> None:
        super().__init__()
        self._plan = plan

    def on_leave(self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT) -> Any:
        change = self._plan.edits.get(original_node)
        new = change(updated_node) if change else updated_node
        ahead = self._plan.ahead.get(original_node)
        if not ahead:
            return new
        first, *rest = new if isinstance(new, cst.FlattenSentinel) else (new,)
        return cst.FlattenSentinel([*in_front(cast("Line", first), ahead), *rest])
