"""Exact calls and their time, by cProfile: the main thread of the Python process that worked most.

It has no stacks: cProfile knows callers, not paths through the program, and a flame graph made from those would be a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.execution import Command, ExecResult, Layout
from core.profile import Hotspot, Profile
from profiler import untrusted
from profiler.injection import injected

_REPORT = "cprofile.json"
_FUNCTIONS = 1000


@dataclass(frozen=True, kw_only=True)
class CProfile:
    """Needs nothing of the environment but its interpreter."""

    @property
    def name(self) -> str:
        """As shown to people."""
        return "cprofile"

    def command(self, layout: Layout, command: Command) -> Command:
        """`command`, with cProfile in every Python process of its tree."""
        return injected(layout, command, profiler="perfsmith_cprofile", report=_REPORT)

    def read(self, layout: Layout, result: ExecResult) -> Profile | None:
        """Functions by their own time; None when no Python process ended in order."""
        try:
            report = untrusted.load(result.files.get(_REPORT, b""))
            total = untrusted.amount(report.get("total"))
            functions = untrusted.items(report.get("functions"), most=_FUNCTIONS)
            hotspots = [_hotspot(layout, untrusted.mapping(function), total) for function in functions]
        except untrusted.MalformedError:
            return None
        theirs = [hotspot for hotspot in hotspots if not untrusted.is_ours(layout, hotspot.path)]
        theirs.sort(key=lambda hotspot: hotspot.own_share, reverse=True)
        return Profile(profiler=self.name, unit="seconds", total=total, hotspots=tuple(theirs)) if theirs else None


def _hotspot(layout: Layout, function: Mapping[str, object], total: float) -> Hotspot:
    callers = [untrusted.mapping(caller) for caller in untrusted.items(function.get("callers"), most=100)]
    return Hotspot(
        path=untrusted.path(layout, function.get("path")),
        function=untrusted.text(function.get("function")),
        line=untrusted.count(function.get("line")),
        own_share=untrusted.share(untrusted.amount(function.get("own")), total),
        total_share=untrusted.share(untrusted.amount(function.get("all")), total),
        calls=untrusted.count(function.get("calls")),
        callers=tuple(_place(layout, caller) for caller in callers),
    )


def _place(layout: Layout, caller: Mapping[str, object]) -> str:
    return f"{untrusted.path(layout, caller.get('path'))}:{untrusted.text(caller.get('function'))}"
