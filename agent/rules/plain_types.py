"""What guarded rewrites ask of the names around them: types whose equality and hash agree for sure."""

import libcst as cst

from agent.rules.definitions import Named, defined
from agent.rules.function import Function

_TYPES = "int, str, bytes, float, bool, type(None)"


def plain_types(function: Function) -> Named:
    """The set of those types."""
    return defined(function, "_PLAIN_TYPES", lambda name: f"{name} = frozenset(({_TYPES}))")


def has_builtins(function: Function, *names: str) -> bool:
    """Whether `names` mean the builtins inside `function`."""
    return all(function.module.origin(cst.Name(name)) == f"builtins.{name}" for name in names)
