"""The code that a model gets to see: each file once, in its order, whole or by whole functions, the hottest file first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.proposers import outline
from agent.proposers.hot_code import cold_parts, hot_parts, hottest_line, neighbours
from agent.proposers.outline import Part
from core.proposing import Brief

_SMALL_FILE_SHARE = 0.3
"""A file up to this share of the room is shown as a whole when something in it is hot."""
_LONG_FUNCTION_SHARE = 0.3
"""A function above this share of the room may be shown in pieces where the whole of it does not fit."""
_NAMES_SHOWN = 5


def excerpts(brief: Brief, *, characters: int) -> str:
    """Parts of the parent's code as exact text, at most `characters` in all."""
    page = _Page(sources=brief.sources, characters=characters)
    hot = hot_parts(brief)
    for part in hot or cold_parts(brief):
        if not page.add_file(part) and not page.add(part):
            _add_piece(page, brief, part)
    for part in neighbours(brief, hot):
        page.add(part)
    return page.text


def _add_piece(page: "_Page", brief: Brief, part: Part) -> None:
    """Of a function that is too long, its beginning and as much around its hottest line as fits."""
    source = brief.sources[part.path]
    line = hottest_line(brief, part)
    if line is None or len(_shown(part.path, [part], source)) <= page.characters * _LONG_FUNCTION_SHARE:
        return
    for piece in outline.pieces(part.path, source, part, line):
        if page.add(*piece):
            break


@dataclass(kw_only=True)
class _Page:
    """What has been chosen so far, by file, the files in the order of choice."""

    sources: Mapping[str, str]
    characters: int
    chosen: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All that was chosen."""
        return "".join(self.shown.values())

    def add_file(self, part: Part) -> bool:
        """Choose the file of `part` as a whole, if it is small and fits."""
        source = self.sources[part.path]
        return len(source) <= self.characters * _SMALL_FILE_SHARE and self.add(outline.whole(part.path, source))

    def add(self, *parts: Part) -> bool:
        """Choose `parts` of one file if all of them fit, and the file's imports if these fit too."""
        path = parts[0].path
        before = self.chosen.get(path, ())
        if all(any(old.covers(new) for old in before) for new in parts):
            return True
        added = self._try(path, (*before, *parts))
        if added and not before:
            self._try(path, (*self.chosen[path], *outline.imports(path, self.sources[path])))
        return added

    def _try(self, path: str, parts: tuple[Part, ...]) -> bool:
        text = _shown(path, parts, self.sources[path])
        others = sum(len(shown) for other, shown in self.shown.items() if other != path)
        if others + len(text) > self.characters:
            return False
        self.chosen[path], self.shown[path] = parts, text
        return True


def _shown(path: str, parts: Sequence[Part], source: str) -> str:
    """The chosen lines of a file as they are, under its path and, for each run of them, what it is."""
    lines = outline.lines_of(source)
    runs = _runs(parts)
    if runs[0].start == 1 and runs[-1].end >= len(lines) and len(runs) == 1:
        return f"=== {path} (the whole file)\n{source.rstrip()}\n\n"
    texts = [
        f"--- lines {run.start}-{run.end}: {_clipped(run.name)}\n{_text(lines[run.start - 1 : run.end])}"
        for run in runs
    ]
    return f"=== {path} (parts of its {len(lines)} lines)\n{''.join(texts)}\n"


def _clipped(names: str) -> str:
    several = names.split(", ")
    return ", ".join(several[:_NAMES_SHOWN]) + (", ..." if len(several) > _NAMES_SHOWN else "")


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def _runs(parts: Sequence[Part]) -> list[Part]:
    """Parts in the order of the file, those that overlap or nearly touch as one under all their names."""
    runs: list[Part] = []
    for part in sorted(parts, key=lambda part: (part.start, -part.end)):
        last = runs[-1] if runs else None
        if last is None or part.start > last.end + 1 + outline.SMALL_GAP:
            runs.append(part)
        elif part.end > last.end:
            name = last.name if part.name in last.name.split(", ") else f"{last.name}, {part.name}"
            runs[-1] = Part(path=part.path, name=name, start=last.start, end=part.end)
    return runs
