"""A patch to look at: line by line, its code coloured by the words of its language."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pygments.lexer import Lexer  # type: ignore[import-untyped]  # Pygments has no types
from pygments.lexers import CythonLexer, PythonLexer, TextLexer  # type: ignore[import-untyped]  # as above
from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]  # as above

from core import patch as patches
from worker.report.plain import visible_line

MOST_LINES = 1200
"""Lines of one patch that are shown."""
_LEXERS = {".py": PythonLexer, ".pyi": PythonLexer, ".pyx": CythonLexer, ".pxd": CythonLexer}
_QUOTES = ('"""', "'''")
_KINDS = {"+": "added", "-": "removed", " ": "kept"}


@dataclass(frozen=True, kw_only=True)
class Span:
    """A piece of code of one colour."""

    style: str
    """The short name of Pygments' token type; empty for plain text."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a patch."""

    kind: str
    """added, removed, kept, place (where the next lines are) or raw (of a patch that can't be read)."""
    sign: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, kw_only=True)
class File:
    """What a patch does to one file."""

    title: str
    added: int
    removed: int
    lines: tuple[Line, ...]


def files(patch: str) -> tuple[File, ...]:
    """The files of `patch`; one that can't be read is shown as it is, as one file without a name."""
    if not patch.strip():
        return ()
    try:
        changes = patches.read(patch)
    except patches.PatchError:
        return (_raw(patch),)
    return tuple(map(_file, changes))


def _raw(patch: str) -> File:
    texts = patch.split("\n")
    lines = (Line(kind="raw", sign="", spans=(Span(style="", text=visible_line(text)),)) for text in texts)
    return File(title="", added=0, removed=0, lines=_cut(lines, len(texts)))


def _file(change: patches.FileChange) -> File:
    signs = [line[0] for hunk in change.hunks for line in hunk.lines]
    how = " (new file)" if change.created else " (deleted)" if change.deleted else ""
    lines = (line for hunk in change.hunks for line in _hunk(hunk, _lexer(change.path)))
    return File(
        title=f"{change.path}{how}",
        added=signs.count("+"),
        removed=signs.count("-"),
        lines=_cut(lines, len(signs) + len(change.hunks)),
    )


def _lexer(path: str) -> Lexer:
    suffix = path[path.rfind(".") :]
    return _LEXERS.get(suffix, TextLexer)(stripnl=False, ensurenl=True)


def _cut(lines: Iterable[Line], number: int) -> tuple[Line, ...]:
    """The first of the `number` lines; those that are not shown are not coloured either."""
    shown = tuple(islice(lines, MOST_LINES))
    if number <= len(shown):
        return shown
    rest = Span(style="", text=f"… {number - len(shown):,d} more lines")
    return (*shown, Line(kind="place", sign="", spans=(rest,)))


def _hunk(hunk: patches.Hunk, lexer: Lexer) -> Iterator[Line]:
    """Old and new lines are each read in their own context, so that a changed quote colours only its own side."""
    yield Line(kind="place", sign="", spans=(Span(style="", text=f"line {hunk.start}"),))
    before, after = _coloured(hunk.before, lexer), _coloured(hunk.after, lexer)
    for line in hunk.lines:
        old = next(before) if line[0] in " -" else ()
        new = next(after) if line[0] in " +" else ()
        yield Line(kind=_KINDS[line[0]], sign=line[0], spans=new or old)


def _coloured(lines: Sequence[str], lexer: Lexer) -> Iterator[tuple[Span, ...]]:
    """The spans of each line. What is read is already visible and cut: a lexer gets nothing that could choke it."""
    texts = [visible_line(line.removesuffix("\n")) for line in lines]
    opening = _opening(texts)
    coloured = _spans("".join(f"{text}\n" for text in (*opening, *texts)), lexer)
    return islice(coloured, len(opening), None)


def _opening(texts: Sequence[str]) -> tuple[str, ...]:
    """The quotes of a docstring that was opened above: the first ones stand alone on their line, below text that opens none; or
    on the first line, and are one too many.
    """
    for number, text in enumerate(texts):
        quotes = next((quotes for quotes in _QUOTES if quotes in text), None)
        if quotes is None:
            continue
        is_odd = sum(each.count(quotes) for each in texts) % 2 == 1
        closes = not _may_open_below(texts[number - 1]) if number else is_odd
        return (quotes,) if closes and text.strip() == quotes else ()
    return ()


def _may_open_below(text: str) -> bool:
    """Whether a text in quotes may begin on the line below this one: a docstring, an argument, a value."""
    code = text.strip()
    return (
        code.endswith((":", "(", "[", "{", ",", "=", "+", "\\"))
        or code.startswith("#")
        or " = " in code
        or ": " in code
    )


def _spans(code: str, lexer: Lexer) -> Iterator[tuple[Span, ...]]:
    """The spans of each line of `code`."""
    spans: list[Span] = []
    for kind, text in lexer.get_tokens(code):
        style = STANDARD_TYPES.get(kind, "")
        first, *following = text.split("\n")
        spans.append(Span(style=style, text=first))
        for piece in following:
            yield tuple(span for span in spans if span.text)
            spans = [Span(style=style, text=piece)]
