"""One hot function as the rules see it: its variables, its loops, and what is known of their values."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import libcst as cst

from agent.rules.module import Module

_SCOPES = (cst.FunctionDef, cst.ClassDef, cst.Lambda)
_OPAQUE = frozenset({"exec", "eval", "locals", "vars", "globals", "dir", "__import__", "super"})
KINDS = {
    "list": "list", "sorted": "list", "dict": "dict", "set": "set", "frozenset": "frozenset", "tuple": "tuple",
    "range": "range", "str": "str", "int": "int", "len": "int", "ord": "int", "chr": "str", "bytes": "bytes", "repr": "str",
}  # fmt: skip
_DISPLAYS: tuple[tuple[tuple[type[cst.CSTNode], ...], str], ...] = (
    ((cst.List, cst.ListComp), "list"),
    ((cst.Dict, cst.DictComp), "dict"),
    ((cst.Set, cst.SetComp), "set"),
    ((cst.Tuple,), "tuple"),
    ((cst.FormattedString,), "str"),
    ((cst.Integer,), "int"),
)
PLAIN = frozenset({"int", "str", "bytes"})
"""Kinds whose equality and hash are the language's own."""


@dataclass(frozen=True, eq=False)
class Function:
    """A function of `module` under its qualified name."""

    module: Module
    node: cst.FunctionDef
    name: str

    @property
    def wish(self) -> str:
        """The function's own name, to name new things after."""
        return self.node.name.value.strip("_") or "function"

    def fresh(self, wish: str) -> str:
        """A name for a new local variable."""
        return self.module.fresh_local(wish, self.node)

    @cached_property
    def nodes(self) -> list[cst.CSTNode]:
        """Everything in the body, nested functions included."""
        return self.module.walk(self.node.body)

    @cached_property
    def own(self) -> list[cst.CSTNode]:
        """Everything in the body but nested functions and classes."""
        return [node for node in self.nodes if not self._nested(node)]

    def _nested(self, node: cst.CSTNode) -> bool:
        for above in (node, *self.module.ancestors(node)):
            if above is self.node.body:
                return False
            if isinstance(above, _SCOPES):
                return True
        return False

    @cached_property
    def top(self) -> cst.CSTNode:
        """The statement of the module that holds the function."""
        return next(line for line in self.module.root.body if self.module.inside(self.node, line))

    @cached_property
    def params(self) -> dict[str, cst.Param]:
        """Parameters by name."""
        return {node.name.value: node for node in self.module.walk(self.node.params) if isinstance(node, cst.Param)}

    @cached_property
    def variables(self) -> dict[str, list[cst.Name]]:
        """All uses of each name in the body."""
        found: defaultdict[str, list[cst.Name]] = defaultdict(list)
        for node in self.nodes:
            if isinstance(node, cst.Name) and self.module.is_variable(node):
                found[node.value].append(node)
        return found

    def stores(self, name: str) -> list[cst.Name]:
        """Where the body binds `name`."""
        return [use for use in self.variables.get(name, ()) if self.module.is_store(use)]

    def loads(self, name: str) -> list[cst.Name]:
        """Where the body reads `name`."""
        return [use for use in self.variables.get(name, ()) if not self.module.is_store(use)]

    def is_local(self, name: str) -> bool:
        """Whether `name` belongs to this function alone: bound here, and used in no nested one."""
        bound = name in self.params or bool(self.stores(name))
        return bound and name not in self._captured

    @cached_property
    def _captured(self) -> frozenset[str]:
        own = set(self.own)
        return frozenset(name for name, uses in self.variables.items() if not own.issuperset(uses))

    @cached_property
    def is_tractable(self) -> bool:
        """Whether what the text says is what happens: not async, no global names, no exec or its like."""
        if self.node.asynchronous:
            return False
        called = {n.func.value for n in self.nodes if isinstance(n, cst.Call) and isinstance(n.func, cst.Name)}
        odd = (cst.Global, cst.Nonlocal, cst.Await, cst.Match)
        return not called & _OPAQUE and not any(isinstance(node, odd) for node in self.nodes)

    @cached_property
    def is_generator(self) -> bool:
        """Whether other code runs while the function is half done."""
        return any(isinstance(node, cst.Yield) for node in self.own)

    @cached_property
    def loops(self) -> list[cst.For | cst.While]:
        """The loops, outer before inner."""
        return [node for node in self.own if isinstance(node, cst.For | cst.While)]

    def loops_around(self, node: cst.CSTNode) -> list[cst.For | cst.While]:
        """The loops that repeat `node`, outermost first; what a for loop iterates over is evaluated once."""
        inside = self.module.inside
        return [
            loop
            for loop in self.loops
            if inside(node, loop.body) or (isinstance(loop, cst.While) and inside(node, loop.test))
        ]

    def is_rebound(self, name: str, within: cst.CSTNode) -> bool:
        """Whether `within` binds `name`."""
        return any(self.module.inside(store, within) for store in self.stores(name))

    def value_of(self, name: str) -> cst.BaseExpression | None:
        """What `name` is assigned, when it is a local that is bound once, by a plain assignment."""
        stores = self.stores(name)
        if len(stores) != 1 or name in self.params or not self.is_local(name):
            return None
        return self._assigned(stores[0])

    def _assigned(self, store: cst.Name) -> cst.BaseExpression | None:
        target = self.module.parent(store)
        line = self.module.parent(target)
        if isinstance(target, cst.AnnAssign):
            return target.value
        if isinstance(target, cst.AssignTarget) and isinstance(line, cst.Assign) and len(line.targets) == 1:
            return line.value
        return None

    def kind(self, node: cst.CSTNode | None) -> str | None:
        """The builtin type of `node`'s value where it is sure (or its parameter says so), by name."""
        if isinstance(node, cst.Name):
            return self._kind_of_variable(node.value)
        if isinstance(node, cst.SimpleString | cst.ConcatenatedString):
            return "bytes" if isinstance(node.evaluated_value, bytes) else "str"
        for types, kind in _DISPLAYS:
            if isinstance(node, types):
                return kind
        if isinstance(node, cst.Call):
            origin = self.module.callee(node) or ""
            return KINDS.get(origin.removeprefix("builtins.")) if origin.startswith("builtins.") else None
        return None

    def _kind_of_variable(self, name: str) -> str | None:
        if not self.is_local(name):
            return None
        stores = self.stores(name)
        if name in self.params:
            return None if stores else self._annotated(self.params[name])
        kinds = {self._kind_of_store(store) for store in stores}
        return kinds.pop() if len(kinds) == 1 else None

    def _kind_of_store(self, store: cst.Name) -> str | None:
        value = self._assigned(store)
        if value is not None:
            return None if isinstance(value, cst.Name) else self.kind(value)
        loop = self.module.parent(store)
        if isinstance(loop, cst.For | cst.CompFor) and not loop.asynchronous:
            return "int" if self.kind(loop.iter) == "range" and isinstance(loop.iter, cst.Call) else None
        return None

    def _annotated(self, param: cst.Param) -> str | None:
        if param.annotation is None or param.default is not None or param.star:
            return None
        said = param.annotation.annotation
        said = said.value if isinstance(said, cst.Subscript) else said
        known = isinstance(said, cst.Name) and said.value in {*PLAIN, "list", "dict", "set", "frozenset", "tuple"}
        trusted = known and self.module.origin(said) == f"builtins.{said.value}"  # type: ignore[attr-defined]
        return str(said.value) if trusted else None  # type: ignore[attr-defined]

    def is_plain(self, node: cst.CSTNode) -> bool:
        """Whether the value is sure to be an int, a str or bytes."""
        return self.kind(node) in PLAIN
