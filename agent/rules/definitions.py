"""What a rewrite needs at the top of the module: there already with the same text, or new."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import libcst as cst

from agent.rules.function import Function
from agent.rules.module import Module


@dataclass(frozen=True, kw_only=True)
class Named:
    """Something of the module that a rewrite uses, by name."""

    name: str
    """As the function spells it."""
    code: tuple[str, ...] = ()
    """The statement that the module lacks for it; none when the module has it."""


def defined(function: Function, wish: str, text: Callable[[str], str]) -> Named:
    """A name like `wish` for what `text(name)`, one statement, defines."""
    module = function.module
    for line in module.root.body:
        name = _defined_name(line)
        if re.fullmatch(rf"{wish}(_\d+)?", name) and module.bindings[name] == 1:
            old = module.root.code_for_node(line.with_changes(leading_lines=()))
            if old.strip() == text(name).strip():
                return Named(name=name)
    name = module.fresh(wish, meaning=text(wish))
    return Named(name=name, code=(text(name),))


def _defined_name(line: cst.CSTNode) -> str:
    only = line.body[0] if isinstance(line, cst.SimpleStatementLine) else line
    target = only.targets[0].target if isinstance(only, cst.Assign) else only
    named = target.name if isinstance(target, cst.FunctionDef) else target
    return named.value if isinstance(named, cst.Name) else ""


def imported(function: Function, origin: str) -> Named:
    """How to spell `origin`, a function of a module: as the module does already, else by its own name where that is free."""
    module = function.module
    package, _, own = origin.rpartition(".")
    for name, known in module.imported.items():
        if known in {origin, package} and _is_early(module, name, function):
            return Named(name=name if known == origin else f"{name}.{own}")
    # What a star brings along stays unseen, but for names with an underscore, which it leaves out.
    wishes = (f"_{own}",) if module.has_star_import else (own, f"_{own}")
    name = module.fresh(*wishes, meaning=origin)
    line = f"from {package} import {own}"
    return Named(name=name, code=(line if name == own else f"{line} as {name}",))


def _is_early(module: Module, name: str, function: Function) -> bool:
    line = module.import_of(name)
    return line is not None and module.position(line) < module.position(function.top)
