"""A Python module as the rules see it: its syntax tree with parents, its names, and where each name comes from.

Name analysis is coarse on purpose: a name that is bound twice anywhere in the module is not trusted at all, so that
no scope, no branch and no order of execution has to be understood.
"""

import builtins
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import chain, count

import libcst as cst

_BLANK = (cst.BaseParenthesizableWhitespace, cst.EmptyLine, cst.TrailingWhitespace, cst.Comment, cst.Newline)
_UNPACKING = (cst.Tuple, cst.List, cst.Element, cst.StarredElement)
_TARGETS = (cst.AssignTarget, cst.Del, cst.AsName, cst.Param, cst.NameItem, cst.ImportAlias, cst.MatchAs, cst.MatchStar)
_BUILTINS = frozenset(dir(builtins))


class Module:
    """The tree of one source text; nodes are compared by identity. Raises what libcst raises for invalid source."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.root = cst.parse_module(source)
        index = _Index()
        self.root.visit(index)
        self._nodes, self._start, self._end, self._parents = index.nodes, index.start, index.end, index.parents
        self._used: dict[cst.CSTNode, frozenset[str]] = {}
        self._handed_out: defaultdict[cst.CSTNode, dict[str, str]] = defaultdict(dict)

    def walk(self, node: cst.CSTNode) -> list[cst.CSTNode]:
        """`node` and all below it, in the order of the text."""
        return self._nodes[self._start[node] : self._end[node]]

    def position(self, node: cst.CSTNode) -> int:
        """Rises in the order of the text."""
        return self._start[node]

    def inside(self, node: cst.CSTNode, ancestor: cst.CSTNode) -> bool:
        """Whether `node` is `ancestor` or below it."""
        return self._start[ancestor] <= self._start[node] < self._end[ancestor]

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        """The node directly above; the root is its own parent."""
        return self._parents.get(node, self.root)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """From the parent up to the root."""
        while node is not self.root:
            node = self.parent(node)
            yield node

    def enclosing(self, node: cst.CSTNode, *kinds: type[cst.CSTNode]) -> cst.CSTNode | None:
        """The nearest ancestor of one of `kinds`."""
        return next((above for above in self.ancestors(node) if isinstance(above, kinds)), None)

    def fresh(self, *wishes: str, meaning: str) -> str:
        """A name for the module that occurs nowhere in the text, and for the same meaning the same again.

        The first of `wishes` that is free, else the last one with a number.
        """
        known = [name for name, kept in self._handed_out[self.root].items() if kept == meaning]
        return known[0] if known else self._hand_out(self.root, wishes, meaning)

    def fresh_local(self, wish: str, function: cst.FunctionDef) -> str:
        """A name that occurs nowhere in `function` and was not handed out for it, or for the module, before."""
        return self._hand_out(function, (wish,), "")

    def _hand_out(self, scope: cst.CSTNode, wishes: tuple[str, ...], meaning: str) -> str:
        others = self._handed_out.values() if scope is self.root else [self._handed_out[s] for s in (self.root, scope)]
        taken = self._words(scope).union(*others)
        numbered = (f"{wishes[-1]}_{number}" for number in count(2))
        name = next(name for name in chain(wishes, numbered) if name not in taken)
        self._handed_out[scope][name] = meaning
        return name

    def _words(self, scope: cst.CSTNode) -> frozenset[str]:
        if scope not in self._used:
            text = self.source if scope is self.root else self.root.code_for_node(scope)
            self._used[scope] = frozenset(re.findall(r"\w+", text))
        return self._used[scope]

    def forget_names(self) -> None:
        """Hand out the same new names again: whoever had them before is done."""
        self._handed_out.clear()

    @cached_property
    def first_definition(self) -> int:
        """The place in the body of the first statement that defines a function or a class."""
        defines = (cst.FunctionDef, cst.ClassDef)
        lines = enumerate(self.root.body)
        return next(place for place, line in lines if any(isinstance(node, defines) for node in self.walk(line)))

    @cached_property
    def functions(self) -> dict[str, cst.FunctionDef]:
        """Functions by qualified name; one that is defined twice is left out."""
        found: defaultdict[str, list[cst.FunctionDef]] = defaultdict(list)
        for node in self._nodes:
            if isinstance(node, cst.FunctionDef):
                scopes = [a for a in self.ancestors(node) if isinstance(a, cst.FunctionDef | cst.ClassDef)]
                found[".".join(scope.name.value for scope in (*reversed(scopes), node))].append(node)
        return {name: nodes[0] for name, nodes in found.items() if len(nodes) == 1}

    def is_variable(self, name: cst.Name) -> bool:
        """Whether `name` stands for a variable, not for an attribute, a keyword or a part of an import."""
        above = self.parent(name)
        if isinstance(above, cst.Attribute):
            return above.attr is not name or isinstance(self.parent(above), cst.ImportAlias)
        if isinstance(above, cst.Arg | cst.MatchKeywordElement):
            return getattr(above, "keyword", getattr(above, "key", None)) is not name
        return True

    def is_store(self, name: cst.Name) -> bool:
        """Whether `name` is bound (or unbound) here rather than read."""
        node: cst.CSTNode = name
        above = self.parent(node)
        while isinstance(above, _UNPACKING):
            node, above = above, self.parent(above)
        if isinstance(above, cst.For | cst.CompFor | cst.NamedExpr | cst.AugAssign | cst.AnnAssign):
            return above.target is node
        if isinstance(above, cst.FunctionDef | cst.ClassDef | cst.Param):
            return above.name is node
        return isinstance(above, (*_TARGETS, cst.MatchMapping))

    @cached_property
    def bindings(self) -> Counter[str]:
        """How often each name is bound, anywhere in the module."""
        return Counter(
            n.value for n in self._nodes if isinstance(n, cst.Name) and self.is_variable(n) and self.is_store(n)
        )

    @cached_property
    def attributes_stored(self) -> frozenset[str]:
        """Names of attributes that are assigned or deleted through some object, anywhere in the module."""
        found = set()
        for node in self._nodes:
            if isinstance(node, cst.Attribute):
                above = self.parent(node)
                stored = isinstance(above, cst.AssignTarget | cst.Del | cst.Element) or (
                    isinstance(above, cst.AugAssign | cst.AnnAssign | cst.For) and above.target is node
                )
                found |= {node.attr.value} if stored else set()
        return frozenset(found)

    @cached_property
    def has_star_import(self) -> bool:
        """Whether any name may come from elsewhere unseen."""
        return any(isinstance(node, cst.ImportStar) for node in self._nodes)

    @cached_property
    def imported(self) -> dict[str, str]:
        """What each name bound by one import at the top of the module, and nowhere else, stands for."""
        found: dict[str, str] = {}
        for line in self.root.body:
            for node in self.walk(line) if isinstance(line, cst.SimpleStatementLine) else ():
                if isinstance(node, cst.Import):
                    found |= _aliases(node, "")
                elif isinstance(node, cst.ImportFrom) and node.module and not node.relative:
                    found |= _aliases(node, f"{dotted(node.module)}.")
        return {name: origin for name, origin in found.items() if self.bindings[name] == 1}

    def origin(self, node: cst.CSTNode) -> str | None:
        """The full dotted name of a builtin or of something imported; None for everything else."""
        if isinstance(node, cst.Attribute):
            base = self.origin(node.value)
            return f"{base}.{node.attr.value}" if base and not base.startswith("builtins.") else None
        if not isinstance(node, cst.Name):
            return None
        if node.value in self.imported:
            return self.imported[node.value]
        trusted = node.value in _BUILTINS and not self.bindings[node.value] and not self.has_star_import
        return f"builtins.{node.value}" if trusted else None

    def callee(self, node: cst.CSTNode) -> str | None:
        """The origin of the function that `node` calls."""
        return self.origin(node.func) if isinstance(node, cst.Call) else None

    def import_of(self, name: str) -> cst.CSTNode | None:
        """The top statement that binds the imported `name`."""
        for line in self.root.body:
            if isinstance(line, cst.SimpleStatementLine):
                for node in self.walk(line):
                    if isinstance(node, cst.ImportAlias) and _bound_name(node) == name:
                        return line
        return None


def dotted(node: cst.CSTNode) -> str:
    """`a.b.c` as text; empty for anything else."""
    if isinstance(node, cst.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr.value}" if base else ""
    return node.value if isinstance(node, cst.Name) else ""


def _bound_name(alias: cst.ImportAlias) -> str:
    return alias.asname.name.value if alias.asname and isinstance(alias.asname.name, cst.Name) else dotted(alias.name)


def _aliases(node: cst.Import | cst.ImportFrom, prefix: str) -> dict[str, str]:
    if isinstance(node.names, cst.ImportStar):
        return {}
    return {_bound_name(alias): prefix + dotted(alias.name) for alias in node.names if "." not in _bound_name(alias)}


class _Index(cst.CSTVisitor):
    """Numbers the nodes once, so that all later questions are cheap."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[cst.CSTNode] = []
        self.start: dict[cst.CSTNode, int] = {}
        self.end: dict[cst.CSTNode, int] = {}
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self._above: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _BLANK):
            return False
        if self._above:
            self.parents[node] = self._above[-1]
        self.start[node] = len(self.nodes)
        self.nodes.append(node)
        self._above.append(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if not isinstance(original_node, _BLANK):
            self.end[original_node] = len(self.nodes)
            self._above.pop()
