"""Run by itself inside the sandbox: tells what the problem's Python makes of some texts, without running any of them.

Reads {"texts": [text, …], "statements": bool} from standard input and writes a list with an answer for each text: null
where it is no valid Python, else its program's digest, the names that it uses and binds nowhere and, where they are asked
for, the first and last line of each statement.
"""

import ast
import builtins
import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any

_GIVEN = {*dir(builtins), "__file__", "__path__", "__annotations__", "__class__", "__module__", "__qualname__"}


def about(text: str, *, statements: bool) -> dict[str, object] | None:
    """What one text means to Python."""
    try:
        tree = ast.parse(text.encode("utf-8", "surrogateescape"))
        program = hashlib.sha256(ast.dump(tree).encode("utf-8", "surrogatepass")).hexdigest()
        answer: dict[str, object] = {"program": program, "unbound": sorted(_unbound(tree))}
        if statements:
            answer["statements"] = sorted(_spans(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return answer


def _unbound(tree: ast.AST) -> set[str]:
    """Names that are read but bound in no scope of the file; none where a star import may bind anything."""
    read, bound = set(), set(_GIVEN)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            return set()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            read.add(node.id)
        else:
            bound.update(_bound(node))
    return read - bound


def _bound(node: Any) -> Iterator[str]:
    """The names that `node` itself binds: every kind of node that binds keeps them as text under one of these."""
    if isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
    elif isinstance(node, ast.Name):
        yield node.id
    elif not isinstance(node, ast.keyword):
        for field in ("name", "arg", "rest"):
            if isinstance(getattr(node, field, None), str):
                yield getattr(node, field)
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            yield from node.names


def _spans(tree: ast.AST) -> Iterator[tuple[int, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            decorators = getattr(node, "decorator_list", [])
            yield min([node.lineno, *(each.lineno for each in decorators)]), node.end_lineno or node.lineno


def main() -> None:
    """Answer the question on standard input."""
    asked = json.load(sys.stdin)
    json.dump([about(text, statements=asked["statements"]) for text in asked["texts"]], sys.stdout)


if __name__ == "__main__":
    main()
