"""How a function's time spreads over its lines, by line_profiler: for the few functions that other profilers found hot."""

import json
from dataclasses import dataclass

from core.errors import ConfigError
from core.execution import Command, ExecResult, Layout
from core.profile import LineCost, Profile
from profiler import untrusted
from profiler.injection import injected

_REPORT = "lines.json"
_LINES = 20_000


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Functions of imported modules; needs the interpreter's version to be that of perfsmith's own."""

    functions: tuple[str, ...]
    """`path:qualified.name` of each, the path relative to the repository."""

    def __post_init__(self) -> None:
        bad = [function for function in self.functions if not all(function.rpartition(":"))]
        if bad:
            raise ConfigError(f"{bad[0]!r} names no function; write path:name, such as package/parse.py:Parser.feed")

    @property
    def name(self) -> str:
        """As shown to people."""
        return "lines"

    def command(self, layout: Layout, command: Command) -> Command:
        """`command`, with line_profiler on the functions in every Python process of its tree."""
        places = [function.rpartition(":") for function in self.functions]
        # The lines of a comprehension or a nested function are lines of the function around it, which can be looked up.
        wanted = json.dumps([[str(layout.repo / path), name.partition(".<locals>")[0]] for path, _, name in places])
        return injected(layout, command, profiler="perfsmith_lines", report=_REPORT, settings=wanted)

    def read(self, layout: Layout, result: ExecResult) -> Profile | None:
        """The lines that ran, in their order; None when none of the functions did."""
        try:
            report = untrusted.load(result.files.get(_REPORT, b""))
            total = untrusted.amount(report.get("total"))
            entries = untrusted.items(report.get("lines"), most=_LINES)
            lines = [_line(layout, entry, total) for entry in entries]
        except untrusted.MalformedError:
            return None
        lines.sort(key=lambda line: (line.path, line.line))
        profile = Profile(profiler=self.name, unit="seconds", total=total, hotspots=(), lines=tuple(lines))
        return profile if lines else None


def _line(layout: Layout, entry: object, total: float) -> LineCost:
    fields = untrusted.mapping(entry)
    return LineCost(
        path=untrusted.path(layout, fields.get("path")),
        line=untrusted.count(fields.get("line")),
        share=untrusted.share(untrusted.amount(fields.get("seconds")), total),
        hits=untrusted.count(fields.get("hits")),
    )
