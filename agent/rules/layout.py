"""Where new statements go in a module, and the blank lines around them: as a person who follows PEP 8 would write."""

import sys
from collections.abc import Mapping, Sequence

import libcst as cst

_DEFINITIONS = (cst.FunctionDef, cst.ClassDef)
_Line = cst.SimpleStatementLine | cst.BaseCompoundStatement


def with_statements(module: cst.Module, at: Mapping[int, Sequence[str]], imports: Sequence[str]) -> cst.Module:
    """`module` with new statements, each group before the statement at that place in the body, and with new imports."""
    body = list(module.body)
    header = list(module.header)
    if body and (0 in at or _place_of_import(body, "import sys") == 0):
        header, first = _split(header)
        body[0] = body[0].with_changes(leading_lines=[*first, *body[0].leading_lines])
    for place in sorted(at, reverse=True):
        _insert(body, place, [_parsed(code) for code in at[place]], below=bool(header))
    for line in imports:
        _insert_import(body, line, below=bool(header))
    return module.with_changes(header=header, body=body)


def in_front(statement: cst.CSTNode, codes: Sequence[str]) -> list[cst.CSTNode]:
    """New statements and then `statement` of a function; the blank lines before it come before them, its comments after."""
    blank, rest = _split_blank(getattr(statement, "leading_lines", ()))
    first, *others = [_parsed(code) for code in codes]
    return [first.with_changes(leading_lines=blank), *others, statement.with_changes(leading_lines=rest)]


def _parsed(code: str) -> _Line:
    return cst.ensure_type(cst.parse_statement(code.strip() + "\n"), _Line)  # type: ignore[arg-type]


def _split_blank(lines: Sequence[cst.EmptyLine]) -> tuple[list[cst.EmptyLine], list[cst.EmptyLine]]:
    """The blank lines that `lines` begin with, and the rest."""
    first = next((index for index, line in enumerate(lines) if line.comment), len(lines))
    return list(lines[:first]), list(lines[first:])


def _split(header: list[cst.EmptyLine]) -> tuple[list[cst.EmptyLine], list[cst.EmptyLine]]:
    """The comments of the file, and those that stand directly above its first statement, after a blank line."""
    blank = [index for index, line in enumerate(header) if not line.comment]
    place = blank[-1] + 1 if blank else len(header)
    return header[:place], header[place:]
