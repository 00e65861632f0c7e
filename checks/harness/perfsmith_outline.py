"""Describes the public names of Python texts without running them: runs in the original's sandbox, where no candidate has code.

Reads a JSON object of texts by name on standard input, and prints one of descriptions: by qualified name what stands there,
in words that are the same when the interface is. A text that is no Python has null.
"""

import ast
import json
import sys
from collections.abc import Iterator
from typing import Any

UNTOLD = "something that only running it would tell"
"""What is said of a name that an import or an assignment binds."""
_READ_LIKE_AN_ATTRIBUTE = ("property", "cached_property")
_BOUND_OTHERWISE = ("staticmethod", "classmethod")
_ACCESSORS = ("setter", "deleter", "getter")
_CALLED_BY_PEOPLE = ("__init__", "__new__", "__call__")


def outline(text: str, *, imports: bool) -> dict[str, str]:
    """Descriptions of the public names of a module; `imports` says whether imported names are among them."""
    tree = ast.parse(text)
    found = dict(_of_body(tree.body, "", imports=imports))
    listed = found.get("__all__")
    return found if listed is None else {**_named_in_all(tree), **found}


def _named_in_all(tree: ast.Module) -> dict[str, str]:
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and any(_name(target) == "__all__" for target in statement.targets):
            try:
                return {str(name): UNTOLD for name in ast.literal_eval(statement.value)}
            except (ValueError, TypeError):
                return {}
    return {}


def _of_body(body: list[ast.stmt], inside: str, *, imports: bool) -> Iterator[tuple[str, str]]:
    """Names with what they stand for, in the order in which they are bound: the last one counts."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _of_function(statement, inside)
        elif isinstance(statement, ast.ClassDef):
            yield from _of_class(statement, inside)
        elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
            yield from _of_assignment(statement, inside)
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            if imports:
                names = [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
                yield from ((name, UNTOLD) for name in names if _is_public(name))
        else:
            for inner in _bodies(statement):
                yield from _of_body(inner, inside, imports=imports)


def _bodies(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """What stands under an `if`, `try`, `with` or loop."""
    for field in ("body", "orelse", "finalbody"):
        yield getattr(statement, field, [])
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield part.body


def _of_function(function: ast.FunctionDef | ast.AsyncFunctionDef, inside: str) -> Iterator[tuple[str, str]]:
    if not _is_public(function.name):
        return
    name = f"{inside}{function.name}"
    decorators = [_last_word(each) for each in function.decorator_list]
    accessor = next((word for word in decorators if word in _ACCESSORS), None)
    if accessor:
        yield f"{name} ({accessor})", f"{accessor} of {name}"
    elif any(word in _READ_LIKE_AN_ATTRIBUTE for word in decorators):
        yield name, f"property {name}"
    elif name.endswith("__") and function.name not in _CALLED_BY_PEOPLE:
        # Python itself decides how it calls the others.
        yield name, name
    else:
        bound = "".join(f"{word} " for word in decorators if word in _BOUND_OTHERWISE)
        yield name, f"{bound}{_signature(function, name)}"


def _signature(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> str:
    kind = "async " if isinstance(function, ast.AsyncFunctionDef) else ""
    returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    generator = " (a generator)" if any(_yields(each) for each in function.body) else ""
    return f"{kind}def {name}({ast.unparse(function.args)}){returns}{generator}"


def _yields(node: ast.AST) -> bool:
    if isinstance(node, ast.Yield | ast.YieldFrom):
        return True
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        return False
    return any(_yields(child) for child in ast.iter_child_nodes(node))


def _of_class(made: ast.ClassDef, inside: str) -> Iterator[tuple[str, str]]:
    if not _is_public(made.name):
        return
    name = f"{inside}{made.name}"
    parents = ", ".join(each for each in map(ast.unparse, (*made.bases, *made.keywords)) if each != "object")
    yield name, f"class {name}({parents})" if parents else f"class {name}"
    yield from _of_body(made.body, f"{name}.", imports=False)


def _of_assignment(statement: Any, inside: str) -> Iterator[tuple[str, str]]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for name in [_name(part) for target in targets for part in ast.walk(target)]:
        if name == "__all__" and not inside:
            yield "__all__", f"__all__ = {_listed(statement.value)}"
        elif name and _is_public(name) and not name.startswith("__"):
            annotation = f": {ast.unparse(statement.annotation)}" if isinstance(statement, ast.AnnAssign) else ""
            yield f"{inside}{name}", f"{inside}{name}{annotation}" if annotation else UNTOLD


def _listed(value: ast.expr) -> str:
    """The names in `__all__` in order, since their own does not matter."""
    try:
        return str(sorted(ast.literal_eval(value)))
    except (ValueError, TypeError):
        return ast.unparse(value)


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else ""


def _last_word(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(called).rpartition(".")[2]


def _is_public(name: str) -> bool:
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))


def main() -> None:
    """Describe what standard input has."""
    described: dict[str, object] = {}
    for name, text in json.load(sys.stdin).items():
        try:
            described[name] = outline(text, imports=name.endswith("__init__.py"))
        except (SyntaxError, ValueError, RecursionError):
            described[name] = None
    json.dump(described, sys.stdout)


main()
