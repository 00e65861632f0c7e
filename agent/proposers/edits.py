"""Edits as models write them: search/replace blocks or JSON, read leniently and applied strictly.

A block is a line with the file's path and then

    <<<<<<< SEARCH
    lines of the file
    =======
    lines that take their place
    >>>>>>> REPLACE

JSON is `{"rationale": "…", "edits": [{"path": "…", "search": "…", "replace": "…"}]}`. An empty search creates the file.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_SEARCH = re.compile(r"\s*<{5,9} ?SEARCH\s*", re.IGNORECASE)
_DIVIDER = re.compile(r"\s*={7}\s*")
_REPLACE = re.compile(r"\s*>{5,9} ?REPLACE\s*", re.IGNORECASE)
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"\s*(`{3,}|~{3,})[^`~]*")
_JSON_OBJECT = re.compile(r"\{.*\}", re.DOTALL)
_RATIONALE_CHARACTERS = 600

SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "rationale": {"type": "string"},
        "edits": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {key: {"type": "string"} for key in ("path", "search", "replace")},
                "required": ["path", "search", "replace"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["rationale", "edits"],
    "additionalProperties": False,
}
"""The JSON form, as JSON schema."""


class EditError(ValueError):
    """An answer whose edits can't be read or applied; the message names the block, for the model to repair."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """Consecutive lines of a file and what takes their place, without their line ends."""

    path: str
    """As written; empty when the answer names none."""
    search: tuple[str, ...]
    replace: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a model's answer says."""

    rationale: str
    edits: tuple[Edit, ...]


def looks_like_edits(answer: str) -> bool:
    """Whether the answer tries to hold code, so that asking for a repair makes sense."""
    return any(_SEARCH.fullmatch(line) or _FENCE.fullmatch(line) for line in answer.splitlines()) or '"edits"' in answer


def read(answer: str) -> Answer:
    """The rationale and at least one edit. EditError when there is none or a block is malformed."""
    text = _THOUGHT.sub("", answer).replace("\r\n", "\n").replace("\r", "\n")
    found = _read_json(text)
    if found is None:
        lines = text.split("\n")
        found = Answer(rationale=_rationale(lines), edits=tuple(_blocks(lines)))
    if not found.edits:
        raise EditError(f"the answer holds no edit: {_clipped(text) or 'it is empty'}")
    return found


def _clipped(text: str) -> str:
    return " ".join(text.split())[:200]


def _read_json(text: str) -> Answer | None:
    """None when the answer is no JSON object with edits."""
    match = _JSON_OBJECT.search(text)
    if match is None or '"edits"' not in text:
        return None
    try:
        content = json.loads(match[0])
    except (ValueError, RecursionError):
        return None
    return of_json(content)


def of_json(content: object) -> Answer:
    """The answer in parsed JSON. EditError when it has another shape than this module's docstring shows."""
    entries = content.get("edits") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(entries, list):
        raise EditError('the JSON holds no list "edits"')
    rationale = str(content.get("rationale", ""))[:_RATIONALE_CHARACTERS]
    return Answer(rationale=rationale, edits=tuple(_edit_of(entry, index) for index, entry in enumerate(entries, 1)))


def _edit_of(entry: object, index: int) -> Edit:
    fields = [entry.get(key) for key in ("path", "search", "replace")] if isinstance(entry, dict) else []
    texts = [field for field in fields if isinstance(field, str)]
    if len(texts) != 3:  # noqa: PLR2004 - path, search, replace
        raise EditError(f'edit {index} must have the texts "path", "search" and "replace"')
    path, search, replace = texts
    return Edit(path=_path_in(path), search=_lines_of(search), replace=_lines_of(replace))


def _lines_of(text: str) -> tuple[str, ...]:
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    return tuple(text.split("\n")) if text else ()


def _rationale(lines: Sequence[str]) -> str:
    """What is said before the first block, without the path line that belongs to it."""
    first = next((at for at, line in enumerate(lines) if _SEARCH.fullmatch(line)), len(lines))
    said = [line for line in lines[:first] if not _FENCE.fullmatch(line) and not _path_in(line)]
    return " ".join(" ".join(said).split())[:_RATIONALE_CHARACTERS]


def _blocks(lines: Sequence[str]) -> Iterator[Edit]:
    at = count = 0
    path = ""
    while (start := _next(_SEARCH, lines, at)) is not None:
        count += 1
        end = _next(_REPLACE, lines, start + 1)
        following = _next(_SEARCH, lines, start + 1)
        if end is None or (following is not None and following < end):
            raise EditError(f"block {count} has no >>>>>>> REPLACE line")
        path = _path_before(lines[at:start]) or path
        yield _block(lines[start + 1 : end], path, count)
        at = end + 1


def _next(pattern: re.Pattern[str], lines: Sequence[str], start: int) -> int | None:
    return next((at for at in range(start, len(lines)) if pattern.fullmatch(lines[at])), None)


def _block(lines: Sequence[str], path: str, count: int) -> Edit:
    dividers = [at for at, line in enumerate(lines) if _DIVIDER.fullmatch(line)]
    if len(dividers) != 1:
        raise EditError(f"block {count} must have exactly one ======= line, but has {len(dividers)}")
    return Edit(path=path, search=tuple(lines[: dividers[0]]), replace=tuple(lines[dividers[0] + 1 :]))


def _path_before(lines: Sequence[str]) -> str:
    """The path on the last line that says something, code fences aside; empty when that line is no path."""
    said = [line for line in lines if line.strip() and not _FENCE.fullmatch(line)]
    return _path_in(said[-1]) if said else ""


def _path_in(line: str) -> str:
    """The path that a line consists of; empty when it is something else."""
    bare = re.sub(r"^(#+|//|\d+[.)]|[-*])\s+", "", line.strip())
    bare = re.sub(r"^(?:file|path|filename)\s*:\s*", "", bare.strip("*`\"' "), flags=re.IGNORECASE)
    bare = bare.strip("*`\"':, ")
    return bare if re.fullmatch(r"[^\s<>|]*[^\s<>|.]\.\w+|[^\s<>|]+/[^\s<>|]+", bare) else ""
