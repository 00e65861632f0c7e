"""The module-level names that guarded rewrites put into the user's code: types whose equality and hash agree for sure."""

import libcst as cst

from agent.rules.function import Function

_TYPES = "int, str, bytes, float, bool, type(None)"


def plain_types(function: Function) -> tuple[str, str]:
    """A new name, and the statement that defines it as the set of those types."""
    name = function.module.fresh("_PLAIN_TYPES")
    return name, f"{name} = frozenset(({_TYPES}))"


def has_builtins(function: Function, *names: str) -> bool:
    """Whether `names` mean the builtins inside `function`."""
    return all(function.module.origin(cst.Name(name)) == f"builtins.{name}" for name in names)
