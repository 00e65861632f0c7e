"""From a model's edits to a patch: finds the file and the lines that each edit means, and changes nothing else.

Lines are compared exactly first, then without their trailing whitespace, then shifted as a whole to another indentation.
A search that occurs more than once is never guessed at.
"""

import ast
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import pathspec

from agent.proposers.edits import Edit, EditError
from core import patch as patches
from core.proposing import Brief

_MOST_PATHS_NAMED = 20


def patch_of(edits: Sequence[Edit], brief: Brief) -> str:
    """The patch against the run's revision that `edits` to the parent's code make.

    EditError when an edit does not apply, changes nothing in sum, or leaves a file that is no Python.
    """
    texts = dict(brief.sources)
    for count, edit in enumerate(edits, 1):
        path = _path_of(edit, texts, brief.problem.editable, count)
        texts[path] = _applied(edit, texts.get(path, ""), f"block {count} ({path})")
    changed = {path: text for path, text in texts.items() if text != brief.sources.get(path)}
    if not changed:
        raise EditError("the edits change nothing")
    for path, text in changed.items():
        _check_syntax(path, text, brief.sources.get(path, ""))
    gone = {path: None for path in brief.baseline_sources if path not in texts}
    return patches.diff(brief.baseline_sources, {**gone, **texts})


def _path_of(edit: Edit, texts: Mapping[str, str], editable: Sequence[str], count: int) -> str:
    """The file that an edit means."""
    if not edit.path:
        return _path_by_content(edit, texts, count)
    path = edit.path.replace("\\", "/").removeprefix("./")
    if path in texts:
        return path
    alike = [known for known in texts if path.endswith(f"/{known}") or known.endswith(f"/{path}")]
    if len(alike) == 1 and edit.search:
        return alike[0]
    if not edit.search and _may_be_created(path, editable):
        return path
    named = ", ".join(sorted(texts)[:_MOST_PATHS_NAMED]) or "none"
    raise EditError(f"block {count} edits {edit.path!r}, which is not among the editable files: {named}")


def _path_by_content(edit: Edit, texts: Mapping[str, str], count: int) -> str:
    """The one file that has the edit's lines, and has them once."""
    places = [path for path, text in texts.items() for _ in _places(edit, _lines(text))] if edit.search else []
    if len(places) != 1:
        raise EditError(f"block {count} has no line with the path of its file")
    return places[0]


def _may_be_created(path: str, editable: Sequence[str]) -> bool:
    pure = PurePosixPath(path)
    plain = path.isprintable() and '"' not in path and str(pure) == path
    inside = not pure.is_absolute() and ".." not in pure.parts
    return plain and inside and pathspec.GitIgnoreSpec.from_lines(editable).match_file(path)


def _applied(edit: Edit, text: str, block: str) -> str:
    if not edit.search:
        if text:
            raise EditError(f"{block} has an empty SEARCH part, but the file exists and is not empty")
        return "".join(f"{line}\n" for line in edit.replace)
    lines = _lines(text)
    places = _places(edit, lines)
    if len(places) != 1:
        raise EditError(f"the SEARCH lines of {block} must occur exactly once, but {_found(places)}")
    return _replaced(lines, places[0])


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a search occurs, and the replacement as it is indented there."""

    start: int
    length: int
    replacement: tuple[str, ...]


def _replaced(lines: Sequence[str], place: _Place) -> str:
    """The file with the replacement at its place, with the line ends that the place has."""
    stop = place.start + place.length
    end = "\r\n" if lines[place.start].endswith("\r\n") else "\n"
    new = "".join(line + end for line in place.replacement)
    if not lines[stop - 1].endswith("\n"):
        new = new.removesuffix(end)
    return "".join(lines[: place.start]) + new + "".join(lines[stop:])


def _found(places: Sequence[_Place]) -> str:
    if not places:
        return "they do not occur in the file: copy them exactly from the code shown"
    numbers = ", ".join(str(place.start + 1) for place in places[:5])
    return f"they occur {len(places)} times (lines {numbers}): add a neighbouring line"


def _lines(text: str) -> list[str]:
    """Split at line feeds only, as patches are."""
    return [line for line in re.split(r"(?<=\n)", text) if line]


def _places(edit: Edit, lines: Sequence[str]) -> list[_Place]:
    """All places of the strictest way of comparing that finds any."""
    bare = [line.removesuffix("\n").removesuffix("\r") for line in lines]
    for form in (edit, _without_blank_ends(edit)):
        size = len(form.search)
        for compare in (_exactly, _but_for_trailing_space, _but_for_indentation):
            windows = range(len(bare) - size + 1) if size else ()
            matches = ((at, compare(form, bare[at : at + size])) for at in windows)
            found = [_Place(start=at, length=size, replacement=new) for at, new in matches if new is not None]
            if found:
                return found
    return []


def _without_blank_ends(edit: Edit) -> Edit:
    """`edit` less the blank lines with which both of its parts begin or end."""
    search, replace = list(edit.search), list(edit.replace)
    for end in (0, -1):
        while search and not search[end].strip():
            search.pop(end)
            if replace and not replace[end].strip():
                replace.pop(end)
    return Edit(path=edit.path, search=tuple(search), replace=tuple(replace))


def _exactly(edit: Edit, window: Sequence[str]) -> tuple[str, ...] | None:
    return edit.replace if list(edit.search) == window else None


def _but_for_trailing_space(edit: Edit, window: Sequence[str]) -> tuple[str, ...] | None:
    same = all(ours.rstrip() == theirs.rstrip() for ours, theirs in zip(edit.search, window, strict=True))
    return edit.replace if same else None


def _but_for_indentation(edit: Edit, window: Sequence[str]) -> tuple[str, ...] | None:
    """The replacement shifted as the search has to be shifted to match; None when no one shift will do."""
    ours = next((line for line in edit.search if line.strip()), "")
    theirs = next((line for line in window if line.strip()), "")
    if not ours or ours.strip() != theirs.strip():
        return None
    old, new = _indentation(ours), _indentation(theirs)
    shifted = [_shifted(line, old, new) for line in edit.search]
    if [line and line.rstrip() for line in shifted] != [line.rstrip() for line in window]:
        return None
    moved = [_shifted(line, old, new) for line in edit.replace]
    kept = tuple(line for line in moved if line is not None)
    return kept if len(kept) == len(moved) else None


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _shifted(line: str, old: str, new: str) -> str | None:
    """`line` with indentation `new` in place of `old`; None when it is not indented by `old`."""
    if not line.strip():
        return ""
    return new + line.removeprefix(old) if line.startswith(old) else None


def _check_syntax(path: str, text: str, before: str) -> None:
    """EditError when `text` should be Python and is not. Code newer than this interpreter is left to the sandbox."""
    if not path.endswith(".py") or _syntax_error(before):
        return
    problem = _syntax_error(text)
    if problem:
        raise EditError(f"after the edit {path} is no valid Python: {problem}")


def _syntax_error(text: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return str(error) or type(error).__name__
    return ""
