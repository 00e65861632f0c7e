"""What the readers of syntax trees in this package have in common. Pure."""

import ast
from collections.abc import Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SAFE_DECORATORS = frozenset(
    {"staticmethod", "classmethod", "property", "lru_cache", "cache", "cached_property", "wraps"}
)
"""What these make of a function is called like the function."""


def blocks_of(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a compound statement, whichever it is."""
    blocks = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    return [block for block in (*blocks, *(branch.body for branch in branches_of(statement))) if block]


def branches_of(statement: ast.stmt) -> list[ast.ExceptHandler | ast.match_case]:
    """The `except` or `case` parts of a statement that has such."""
    return [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]


def is_text(statement: ast.stmt) -> bool:
    """Whether it is a docstring or another constant that nobody uses."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def names_of(node: ast.AST) -> Iterator[str]:
    """Every name and attribute in it, from the outside in."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Attribute):
            yield each.attr


def bound_by(statement: ast.stmt) -> frozenset[str]:
    """The names that it assigns, deletes or imports."""
    bound = {
        each.id
        for each in ast.walk(statement)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store | ast.Del)
    }
    bound |= {
        (alias.asname or alias.name).partition(".")[0]
        for each in ast.walk(statement)
        if isinstance(each, ast.Import | ast.ImportFrom)
        for alias in each.names
    }
    return frozenset(bound)
