"""for i, (name, value) in enumerate(TABLE): if name == wanted: … → only over the entries of that name.

TABLE is a constant of the module or of a class: a tuple of tuples of literals, bound once and never stored to. A dict from
each key to its entries, in order, is made when the module is imported; the test in the loop stays as it is. Refuses: a
loop that does anything but that one test; loop variables that are read after the loop; keys that are no literals. A
`wanted` that is no plain value (int, str, bytes) scans the table as before.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from agent.rules.definitions import defined
from agent.rules.function import Function
from agent.rules.module import dotted
from agent.rules.plain_types import has_builtins
from agent.rules.rewriting import Rule, Site, becomes, code

_FEWEST = 4


@dataclass(frozen=True, kw_only=True)
class _Search:
    loop: cst.For
    table: cst.BaseExpression
    wanted: cst.Name
    key: int | None
    """Place of the key in an entry; None when the entry is the key."""
    numbered: bool


def _find(function: Function) -> Iterator[Site]:
    if not has_builtins(function, "type", "frozenset", "int", "str", "bytes", "enumerate"):
        return
    for loop in function.loops:
        search = _search(function, loop) if isinstance(loop, cst.For) else None
        if search is not None and _is_constant(function, search):
            yield _site(function, search)


def _search(function: Function, loop: cst.For) -> _Search | None:
    numbered = function.module.callee(loop.iter) == "builtins.enumerate"
    if loop.asynchronous or (numbered and len(getattr(loop.iter, "args", ())) != 1):
        return None
    table = loop.iter.args[0].value if isinstance(loop.iter, cst.Call) and numbered else loop.iter
    entry: cst.CSTNode = loop.target
    if numbered:
        pair = loop.target.elements if isinstance(loop.target, cst.Tuple) else ()
        entry = pair[1].value if len(pair) == 2 else loop.iter  # noqa: PLR2004 - enumerate makes pairs
    keys = [e.value for e in entry.elements] if isinstance(entry, cst.Tuple) else [entry]
    names = [key.value if isinstance(key, cst.Name) else "" for key in keys]
    wanted, key = _tested(function, loop, names)
    if wanted is None or "" in names or not _ends_with_loop(function, loop):
        return None
    place = names.index(key) if isinstance(entry, cst.Tuple) else None
    return _Search(loop=loop, table=table, wanted=wanted, key=place, numbered=numbered)


def _tested(function: Function, loop: cst.For, names: list[str]) -> tuple[cst.Name | None, str]:
    """The two sides of the loop's only statement `if key == wanted:` without else."""
    lines = loop.body.body
    only = lines[0] if len(lines) == 1 else None
    if not isinstance(only, cst.If) or only.orelse or not isinstance(only.test, cst.Comparison):
        return None, ""
    sides = (only.test.left, only.test.comparisons[0].comparator)
    equal = len(only.test.comparisons) == 1 and isinstance(only.test.comparisons[0].operator, cst.Equal)
    for key, wanted in (sides, sides[::-1]):
        both = isinstance(key, cst.Name) and isinstance(wanted, cst.Name)
        if equal and both and key.value in names and wanted.value not in names:  # type: ignore[attr-defined]
            unchanged = function.is_local(wanted.value) and not function.is_rebound(wanted.value, loop)  # type: ignore[attr-defined]
            return (wanted, key.value) if unchanged else (None, "")  # type: ignore[attr-defined, return-value]
    return None, ""


def _ends_with_loop(function: Function, loop: cst.For) -> bool:
    """Whether each variable of the loop is read only in loops that bind it first."""
    targets = {n.value for n in function.module.walk(loop.target) if isinstance(n, cst.Name)}
    for name in targets:
        if not function.is_local(name) or name in function.params:
            return False
        owners = [other for other in function.loops if isinstance(other, cst.For) and _binds(function, other, name)]
        if not all(any(function.module.inside(use, owner.body) for owner in owners) for use in function.loads(name)):
            return False
    return True


def _binds(function: Function, loop: cst.For, name: str) -> bool:
    return any(isinstance(node, cst.Name) and node.value == name for node in function.module.walk(loop.target))


def _is_constant(function: Function, search: _Search) -> bool:
    value = _value(function, search.table)
    if not isinstance(value, cst.Tuple) or len(value.elements) < _FEWEST:
        return False
    for element in value.elements:
        entry = element.value
        if search.key is None:
            keyed: cst.CSTNode | None = entry
        else:
            keyed = (
                entry.elements[search.key].value
                if isinstance(entry, cst.Tuple) and len(entry.elements) > search.key
                else None
            )
        if not isinstance(keyed, cst.SimpleString | cst.Integer) or not _same_length(value, entry):
            return False
    return True


def _same_length(table: cst.Tuple, entry: cst.BaseExpression) -> bool:
    first = table.elements[0].value
    return len(getattr(first, "elements", ())) == len(getattr(entry, "elements", ()))


def _value(function: Function, table: cst.BaseExpression) -> cst.BaseExpression | None:
    """What the constant is, when nothing in the module can change it."""
    module, name = function.module, dotted(table)
    owner, _, last = name.rpartition(".")
    if not last or module.bindings[last] != 1 or last in module.attributes_stored:
        return None
    if owner and module.bindings[owner] != 1:
        return None
    for line in module.root.body:
        if module.position(line) > module.position(function.top):
            return None
        inner = line.body.body if isinstance(line, cst.ClassDef) and line.name.value == owner else ()
        for statement in inner if owner else (line,):
            assigned = _assigned(statement, last)
            if assigned is not None:
                return assigned
    return None


def _assigned(statement: cst.CSTNode, name: str) -> cst.BaseExpression | None:
    only = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
    if isinstance(only, cst.Assign) and len(only.targets) == 1 and dotted(only.targets[0].target) == name:
        return only.value
    return only.value if isinstance(only, cst.AnnAssign) and dotted(only.target) == name else None


def _site(function: Function, search: _Search) -> Site:
    """The index is filled at import, after the class where the table belongs to one."""
    table, wanted = code(search.table), search.wanted.value
    fill = defined(function, "_numbered_by_key" if search.numbered else "_by_key", lambda name: _filling(search, name))
    types = defined(function, "_KEY_TYPES", lambda name: f"{name} = frozenset((int, str, bytes))")
    wish = f"_{table.rpartition('.')[2].strip('_')}_INDEX"
    index = defined(function, wish, lambda name: f"{name} = {fill.name}({table})")
    new = f"({index.name}.get({wanted}, ()) if type({wanted}) in {types.name} else {code(search.loop.iter)})"
    return Site(
        edits={search.loop.iter: becomes(cst.parse_expression(new))},
        before=(*types.code, *fill.code),
        after=tuple((_line_of(function, search.table), text) for text in index.code),
    )


def _filling(search: _Search, name: str) -> str:
    """The function that makes the index of a table."""
    key = "entry" if search.key is None else f"entry[{search.key}]"
    each, items, kept = ("entry", "table", "entry")
    if search.numbered:
        each, items, kept = "number, entry", "enumerate(table)", "(number, entry)"
    return (
        f"def {name}(table):\n    index = {{}}\n    for {each} in {items}:\n"
        f"        index.setdefault({key}, []).append({kept})\n    return index\n"
    )


def _line_of(function: Function, table: cst.BaseExpression) -> cst.CSTNode:
    """The statement of the module that holds the table."""
    first = dotted(table).partition(".")[0]
    return next(
        line
        for line in function.module.root.body
        if _assigned(line, first) is not None or (isinstance(line, cst.ClassDef) and line.name.value == first)
    )


RULE = Rule(name="table-index", summary="a search in a constant table goes through a dict", gain=0.6, find=_find)
