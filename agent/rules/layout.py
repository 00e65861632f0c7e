"""Where new statements go in a module, and the blank lines around them: as a person who follows PEP 8 would write."""

import sys
from collections.abc import Mapping, Sequence

import libcst as cst

from agent.rules.module import dotted

Line = cst.SimpleStatementLine | cst.BaseCompoundStatement


def with_statements(module: cst.Module, at: Mapping[int, Sequence[str]], imports: Sequence[str]) -> cst.Module:
    """`module` with new statements, each group before the statement at that place in the body, and with new imports."""
    header, first = _split(module.header)
    body = [module.body[0].with_changes(leading_lines=[*first, *module.body[0].leading_lines]), *module.body[1:]]
    for place in sorted(at, reverse=True):
        _insert(body, place, [_parsed(code) for code in at[place]], apart=bool(header))
    for line in imports:
        _insert_import(body, _parsed(line), apart=bool(header))
    return module.with_changes(header=header, body=body)


def in_front(statement: Line, codes: Sequence[str]) -> list[Line]:
    """New statements, then `statement` of a function: the blank lines before it come first, its comments stay with it."""
    lines = statement.leading_lines
    blank = _blank_lines(lines)
    first, *others = [_parsed(code) for code in codes]
    kept = statement.with_changes(leading_lines=lines[blank:])
    return [first.with_changes(leading_lines=lines[:blank]), *others, kept]


def _must_lead(line: cst.CSTNode) -> bool:
    """Whether `line` is a docstring or a __future__ import."""
    first = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
    if isinstance(first, cst.ImportFrom):
        return _imported_module(line) == "__future__"
    return isinstance(first, cst.Expr) and isinstance(first.value, cst.SimpleString | cst.ConcatenatedString)


def _parsed(code: str) -> Line:
    statement = cst.parse_statement(code.strip() + "\n")
    return statement.with_changes(leading_lines=())


def _split(header: Sequence[cst.EmptyLine]) -> tuple[Sequence[cst.EmptyLine], Sequence[cst.EmptyLine]]:
    """The comments of the file; and the blank lines and comments that belong to its first statement."""
    blank = [index for index, line in enumerate(header) if not line.comment]
    place = blank[-1] if blank else len(header)
    while place and not header[place - 1].comment:
        place -= 1
    return header[:place], header[place:]


def _blank_lines(lines: Sequence[cst.EmptyLine]) -> int:
    """How many blank lines `lines` begin with."""
    return next((index for index, line in enumerate(lines) if line.comment), len(lines))


def _insert(body: list[Line], place: int, new: Sequence[Line], *, apart: bool) -> None:
    """Put `new` before body[place]; `apart` when something stands above even the first statement."""
    above = body[place - 1] if place else None
    lines: list[Line] = []
    for line in [*new, *body[place : place + 1]]:
        together = above in new and line in new
        gap = _gap(above, line, together=together) if above or apart else 0
        lines.append(_with_gap(line, gap))
        above = line
    body[place : place + 1] = lines


def _gap(above: Line | None, line: Line, *, together: bool) -> int:
    definitions = (cst.FunctionDef, cst.ClassDef)
    if isinstance(above, definitions) or isinstance(line, definitions):
        return 2
    return 0 if together else 1


def _with_gap(line: Line, gap: int) -> Line:
    missing = gap - _blank_lines(line.leading_lines)
    blank = [cst.EmptyLine(indent=False)] * missing
    return line.with_changes(leading_lines=[*blank, *line.leading_lines])


def _insert_import(body: list[Line], new: Line, *, apart: bool) -> None:
    """Put `new` among the first imports where those are of the standard library, else above them."""
    start = _first_import(body)
    section = _section(body, start)
    if not section or _imported_module(section[0]).partition(".")[0] not in sys.stdlib_module_names:
        _insert(body, start, [new], apart=apart)
        return
    sorts = _sorts_plain_first(section)
    rank = [(sorts and _is_from(line), _imported_module(line)) for line in (new, *section)]
    place = next((index for index, other in enumerate(rank[1:]) if other > rank[0]), len(section))
    if place == 0:
        new, section[0] = _with_lines_of(section[0], new)
    body[start : start + len(section)] = [*section[:place], new, *section[place:]]


def _with_lines_of(old: Line, new: Line) -> tuple[Line, Line]:
    return new.with_changes(leading_lines=old.leading_lines), old.with_changes(leading_lines=())


def _first_import(body: Sequence[Line]) -> int:
    """The place of the first import that is none from the future; of the first statement where none comes early."""
    start = next((index for index, line in enumerate(body) if not _must_lead(line)), len(body))
    for index, line in enumerate(body[start:], start):
        if _imported_module(line):
            return index
        if not isinstance(line, cst.SimpleStatementLine):
            break
    return start


def _section(body: Sequence[Line], start: int) -> list[Line]:
    """The imports from `start` on that no blank line parts."""
    found: list[Line] = []
    for line in body[start:]:
        if not _imported_module(line) or (found and _blank_lines(line.leading_lines)):
            break
        found.append(line)
    return found


def _imported_module(line: cst.CSTNode) -> str:
    """The module that `line` imports, with dots before it where it is relative; empty for what is no import."""
    first = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
    if isinstance(first, cst.ImportFrom):
        return "." * len(first.relative) + (dotted(first.module) if first.module else "")
    return dotted(first.names[0].name) if isinstance(first, cst.Import) else ""


def _is_from(line: Line) -> bool:
    return isinstance(line, cst.SimpleStatementLine) and isinstance(line.body[0], cst.ImportFrom)


def _sorts_plain_first(section: Sequence[Line]) -> bool:
    """Whether all `import x` come before all `from x import y`, and there are both."""
    kinds = [_is_from(line) for line in section]
    return len(set(kinds)) == 2 and kinds == sorted(kinds)  # noqa: PLR2004 - both kinds
